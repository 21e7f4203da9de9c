using System.Numerics.Tensors;

namespace Oml.Sdk.Tests.Fingerprints.Copies;

/// <summary>A network with one hidden layer, trained with Adam (Kingma and Ba 2015) on this machine in seconds.</summary>
internal sealed class SmallNetwork
{
    private readonly int _inputs;
    private readonly int _hidden;
    private readonly int _outputs;
    private readonly float[] _weights;
    private readonly float[] _gradient;
    private readonly float[] _first;
    private readonly float[] _second;
    private readonly float[] _activation;
    private readonly float[] _back;
    private int _steps;

    public SmallNetwork(int inputs, int hidden, int outputs, int seed)
    {
        (_inputs, _hidden, _outputs) = (inputs, hidden, outputs);
        _weights = new float[(hidden * (inputs + 1)) + (outputs * (hidden + 1))];
        _gradient = new float[_weights.Length];
        _first = new float[_weights.Length];
        _second = new float[_weights.Length];
        _activation = new float[hidden];
        _back = new float[hidden];
        Random random = new(seed);
        for (int i = 0; i < _weights.Length; i++)
        {
            _weights[i] = (float)(FingerprintTestData.Normal(random) * Math.Sqrt(2.0 / (i < hidden * (inputs + 1) ? inputs : hidden)));
        }
    }

    /// <summary>The outputs for an input.</summary>
    public float[] Run(float[] input)
    {
        for (int h = 0; h < _hidden; h++)
        {
            ReadOnlySpan<float> row = Row(_weights, 0, h, _inputs);
            _activation[h] = MathF.Max(0, TensorPrimitives.Dot(row[.._inputs], input) + row[_inputs]);
        }

        float[] output = new float[_outputs];
        for (int o = 0; o < _outputs; o++)
        {
            ReadOnlySpan<float> row = Row(_weights, Output, o, _hidden);
            output[o] = TensorPrimitives.Dot(row[.._hidden], _activation) + row[_hidden];
        }

        return output;
    }

    /// <summary>Learns to tell classes apart: the loss is the cross entropy.</summary>
    /// <param name="example">Makes an input and its class.</param>
    /// <param name="batches">How many batches of 32.</param>
    /// <param name="rate">The learning rate at the beginning; it falls to 0.</param>
    public void TrainOnLabels(Func<(float[] Input, int Label)> example, int batches, float rate) => Train(
        () =>
        {
            (float[] input, int label) = example();
            return (input, logits =>
            {
                float[] gradient = Softmax(logits);
                gradient[label] -= 1;
                return gradient;
            });
        },
        batches,
        rate);

    /// <summary>Learns from batches of examples.</summary>
    /// <param name="example">Makes an input and, from the network's outputs, the gradient of the loss.</param>
    /// <param name="batches">How many batches of 32.</param>
    /// <param name="rate">The learning rate at the beginning; it falls to 0.</param>
    public void Train(Func<(float[] Input, Func<float[], float[]> Gradient)> example, int batches, float rate)
    {
        for (int batch = 0; batch < batches; batch++)
        {
            Array.Clear(_gradient);
            for (int i = 0; i < 32; i++)
            {
                (float[] input, Func<float[], float[]> gradient) = example();
                Accumulate(input, gradient(Run(input)));
            }

            Step(rate * (1 - ((float)batch / batches)));
        }
    }

    /// <summary>exp(z)/Σ exp(z).</summary>
    public static float[] Softmax(float[] logits)
    {
        float[] result = new float[logits.Length];
        TensorPrimitives.SoftMax(logits, result);
        return result;
    }

    private int Output => _hidden * (_inputs + 1);

    private void Accumulate(float[] input, float[] gradient)
    {
        Array.Clear(_back);
        for (int o = 0; o < _outputs; o++)
        {
            Span<float> row = Row(_gradient, Output, o, _hidden);
            TensorPrimitives.MultiplyAdd(_activation, gradient[o], row[.._hidden], row[.._hidden]);
            row[_hidden] += gradient[o];
            TensorPrimitives.MultiplyAdd(Row(_weights, Output, o, _hidden)[.._hidden], gradient[o], _back, _back);
        }

        for (int h = 0; h < _hidden; h++)
        {
            if (_activation[h] > 0)
            {
                Span<float> row = Row(_gradient, 0, h, _inputs);
                TensorPrimitives.MultiplyAdd(input, _back[h], row[.._inputs], row[.._inputs]);
                row[_inputs] += _back[h];
            }
        }
    }

    private void Step(float rate)
    {
        _steps++;
        float firstScale = 1 / (1 - MathF.Pow(0.9f, _steps));
        float secondScale = 1 / (1 - MathF.Pow(0.999f, _steps));
        for (int i = 0; i < _weights.Length; i++)
        {
            float g = _gradient[i] / 32;
            _first[i] = (0.9f * _first[i]) + (0.1f * g);
            _second[i] = (0.999f * _second[i]) + (0.001f * g * g);
            _weights[i] -= rate * _first[i] * firstScale / (MathF.Sqrt(_second[i] * secondScale) + 1e-8f);
        }
    }

    private static Span<float> Row(float[] all, int start, int index, int inputs) => all.AsSpan(start + (index * (inputs + 1)), inputs + 1);
}
