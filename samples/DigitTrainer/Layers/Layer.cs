namespace DigitTrainer.Layers;

/// <summary>One step of the network, for one picture.</summary>
internal abstract class Layer(int outputSize, params Parameter[] parameters)
{
    /// <summary>How many values the layer puts out.</summary>
    public int OutputSize { get; } = outputSize;

    /// <summary>What training changes in it.</summary>
    public IReadOnlyList<Parameter> Parameters { get; } = parameters;

    /// <summary>Computes the output.</summary>
    public abstract void Forward(ReadOnlySpan<float> input, Span<float> output);

    /// <summary>
    /// Adds to the gradients of the parameters, and to <paramref name="inputGradient"/>, which is all zeros, unless it is empty. An
    /// input of exactly 0 may be passed over: it comes from a rectifier, which stops the gradient there anyway.
    /// </summary>
    public abstract void Backward(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient);
}
