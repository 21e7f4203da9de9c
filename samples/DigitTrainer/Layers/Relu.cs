namespace DigitTrainer.Layers;

/// <summary>Lets positive values through and stops the others.</summary>
internal sealed class Relu(int size) : Layer(size)
{
    public override void Forward(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = Math.Max(0f, input[i]);
        }
    }

    public override void Backward(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        for (int i = 0; i < inputGradient.Length; i++)
        {
            inputGradient[i] = input[i] > 0 ? outputGradient[i] : 0;
        }
    }
}
