using QuickStart.Digits;

namespace DigitTrainer.Layers;

/// <summary>Every output reads every input; the weights are stored input by input.</summary>
internal sealed class Dense : Layer
{
    private readonly Parameter _weights;
    private readonly Parameter _bias;

    public Dense(int inputs, int outputs, SplitMix64 random)
        : this(Parameter.Random(inputs * outputs, inputs, random), new Parameter(outputs))
    {
    }

    private Dense(Parameter weights, Parameter bias)
        : base(bias.Values.Length, weights, bias)
    {
        _weights = weights;
        _bias = bias;
    }

    /// <summary>The weights, <c>[input, output]</c>.</summary>
    public ReadOnlySpan<float> Weights => _weights.Values;

    public ReadOnlySpan<float> Bias => _bias.Values;

    public override void Forward(ReadOnlySpan<float> input, Span<float> output)
    {
        _bias.Values.CopyTo(output);
        for (int i = 0; i < input.Length; i++)
        {
            if (input[i] != 0)
            {
                VectorMath.AddScaled(output, input[i], _weights.Values.AsSpan(i * OutputSize, OutputSize));
            }
        }
    }

    public override void Backward(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        VectorMath.AddScaled(_bias.Gradients, 1, outputGradient);
        for (int i = 0; i < input.Length; i++)
        {
            if (input[i] != 0)
            {
                VectorMath.AddScaled(_weights.Gradients.AsSpan(i * OutputSize, OutputSize), input[i], outputGradient);
                inputGradient[i] += VectorMath.Dot(_weights.Values.AsSpan(i * OutputSize, OutputSize), outputGradient);
            }
        }
    }
}
