using QuickStart.Digits;

namespace DigitTrainer.Layers;

/// <summary>
/// A square convolution that moves two pixels at a time and pads with zeros, so that it halves the side of the picture. Pixels come
/// row by row with their channels beside each other, and so do the weights: <c>[row, column, channel, filter]</c>.
/// </summary>
internal sealed class Convolution : Layer
{
    private const int Stride = 2;

    private readonly Parameter _weights;
    private readonly Parameter _bias;
    private readonly int _side;

    public Convolution(int side, int channels, int kernel, int filters, SplitMix64 random)
        : this(side, kernel, channels, Parameter.Random(kernel * kernel * channels * filters, kernel * kernel * channels, random), filters)
    {
    }

    private Convolution(int side, int kernel, int channels, Parameter weights, int filters)
        : base(side / Stride * (side / Stride) * filters, weights, new Parameter(filters))
    {
        _side = side;
        Channels = channels;
        Kernel = kernel;
        _weights = weights;
        _bias = Parameters[1];
    }

    public int Channels { get; }

    /// <summary>The side of the window.</summary>
    public int Kernel { get; }

    public int Filters => _bias.Values.Length;

    /// <summary>The side of the picture that comes out.</summary>
    public int OutputSide => _side / Stride;

    /// <summary>The weights, <c>[row, column, channel, filter]</c>.</summary>
    public ReadOnlySpan<float> Weights => _weights.Values;

    public ReadOnlySpan<float> Bias => _bias.Values;

    public override void Forward(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int position = 0; position < OutputSide * OutputSide; position++)
        {
            Span<float> target = output.Slice(position * Filters, Filters);
            _bias.Values.CopyTo(target);
            foreach ((int source, int weight) in Window(position))
            {
                for (int channel = 0; channel < Channels; channel++)
                {
                    float value = input[source + channel];
                    if (value != 0)
                    {
                        VectorMath.AddScaled(target, value, _weights.Values.AsSpan(weight + (channel * Filters), Filters));
                    }
                }
            }
        }
    }

    public override void Backward(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        for (int position = 0; position < OutputSide * OutputSide; position++)
        {
            ReadOnlySpan<float> gradient = outputGradient.Slice(position * Filters, Filters);
            if (gradient.ContainsAnyExcept(0f))
            {
                VectorMath.AddScaled(_bias.Gradients, 1, gradient);
                AddWindow(position, input, gradient, inputGradient);
            }
        }
    }

    private void AddWindow(int position, ReadOnlySpan<float> input, ReadOnlySpan<float> gradient, Span<float> inputGradient)
    {
        foreach ((int source, int weight) in Window(position))
        {
            for (int channel = 0; channel < Channels; channel++)
            {
                float value = input[source + channel];
                if (value == 0)
                {
                    continue;
                }

                int start = weight + (channel * Filters);
                VectorMath.AddScaled(_weights.Gradients.AsSpan(start, Filters), value, gradient);
                if (!inputGradient.IsEmpty)
                {
                    inputGradient[source + channel] += VectorMath.Dot(_weights.Values.AsSpan(start, Filters), gradient);
                }
            }
        }
    }

    // Where the pixels under the window begin in the input, and their weights.
    private IEnumerable<(int Source, int Weight)> Window(int position)
    {
        int top = (position / OutputSide * Stride) - (Kernel / 2);
        int left = (position % OutputSide * Stride) - (Kernel / 2);
        for (int row = Math.Max(0, -top); row < Math.Min(Kernel, _side - top); row++)
        {
            for (int column = Math.Max(0, -left); column < Math.Min(Kernel, _side - left); column++)
            {
                yield return ((((top + row) * _side) + left + column) * Channels, ((row * Kernel) + column) * Channels * Filters);
            }
        }
    }
}
