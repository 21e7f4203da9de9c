using DigitTrainer.Layers;
using QuickStart.Digits;

namespace DigitTrainer;

/// <summary>
/// Two strided convolutions and two dense layers, with rectifiers between: 28 × 28 × 1 → 14 × 14 × 8 → 7 × 7 × 16 → 64 → 10.
/// It works on one picture at a time; gradients add up until the optimiser uses them.
/// </summary>
internal sealed class Network
{
    private readonly Layer[] _layers;
    private readonly float[][] _values;
    private readonly float[][] _gradients;

    private Network(Layer[] layers)
    {
        _layers = layers;
        _values = [[], .. layers.Select(layer => new float[layer.OutputSize])];
        _gradients = [[], .. layers.Select(layer => new float[layer.OutputSize])];
    }

    /// <summary>The layers, from the picture to the logits.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <summary>Everything that training changes.</summary>
    public IEnumerable<Parameter> Parameters => _layers.SelectMany(layer => layer.Parameters);

    /// <summary>A network with random weights.</summary>
    public static Network Create(ulong seed)
    {
        SplitMix64 random = new(~seed);
        Convolution first = new(DigitRenderer.Size, channels: 1, kernel: 5, filters: 8, random);
        Convolution second = new(first.OutputSide, channels: 8, kernel: 3, filters: 16, random);
        Dense hidden = new(second.OutputSize, 64, random);
        Dense last = new(64, 10, random);
        return new Network([first, new Relu(first.OutputSize), second, new Relu(second.OutputSize), hidden, new Relu(64), last]);
    }

    /// <summary>The logits of a picture; the memory is used again by the next call.</summary>
    public ReadOnlySpan<float> Forward(float[] picture)
    {
        _values[0] = picture;
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i].Forward(_values[i], _values[i + 1]);
        }

        return _values[^1];
    }

    /// <summary>Adds the gradients for the picture that was last put forward, given the gradient of the loss by its logits.</summary>
    public void Backward(ReadOnlySpan<float> logitGradient)
    {
        logitGradient.CopyTo(_gradients[^1]);
        for (int i = _layers.Length - 1; i >= 0; i--)
        {
            // Nobody needs the gradient by the picture, which has no room here.
            Array.Clear(_gradients[i]);
            _layers[i].Backward(_values[i], _gradients[i + 1], _gradients[i]);
        }
    }
}
