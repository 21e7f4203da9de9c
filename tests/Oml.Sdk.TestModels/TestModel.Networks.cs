namespace Oml.Sdk.TestModels;

/// <content>Models with weights.</content>
public static partial class TestModel
{
    private const int SlowSize = 256;

    /// <summary>A linear classifier: <c>logits[batch, classes] = x[batch, inputs] · W + b</c>.</summary>
    public static byte[] LinearClassifier(int inputs, int classes, int seed = 1)
    {
        Random random = new(seed);
        return new OnnxGraph("linear-classifier")
            .Input("x", OnnxType.Float, "batch", inputs)
            .Initializer("weights", Weights(random, inputs, classes))
            .Initializer("bias", OnnxTensor.Of<float>(Uniform(random, classes, 0.1f), classes))
            .Node("Gemm", ["x", "weights", "bias"], ["logits"])
            .Output("logits", OnnxType.Float, "batch", classes)
            .ToArray();
    }

    /// <summary>
    /// A stack of matrix products with rectifiers between them, <c>x[batch, inputDim]</c> to <c>logits[batch, classes]</c>. Its cost
    /// follows the size of its weights: for one row on one thread of a recent server, <c>Mlp(256, 512, 8, 10)</c> takes about 100 µs
    /// and <c>Mlp(256, 256, 4, 10)</c> about 20 µs.
    /// </summary>
    public static byte[] Mlp(int inputDim, int hidden, int layers, int classes, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        Random random = new(seed);
        OnnxGraph graph = new OnnxGraph("mlp").Input("x", OnnxType.Float, "batch", inputDim);
        string value = "x";
        int width = inputDim;
        for (int layer = 0; layer < layers; layer++)
        {
            graph.Initializer($"w{layer}", Weights(random, width, hidden))
                .Node("MatMul", [value, $"w{layer}"], [$"product{layer}"])
                .Node("Relu", [$"product{layer}"], [$"hidden{layer}"]);
            value = $"hidden{layer}";
            width = hidden;
        }

        return graph.Initializer("w_out", Weights(random, width, classes))
            .Node("MatMul", [value, "w_out"], ["logits"])
            .Output("logits", OnnxType.Float, "batch", classes)
            .ToArray();
    }

    /// <summary>
    /// A loop of <paramref name="iterations"/> products of 256 × 256 matrices, from <c>x[1, 1]</c> to <c>y[1, 1]</c>: roughly a
    /// third of a millisecond each on one thread. The loop runs inside the model, so it can only be stopped by the runtime.
    /// </summary>
    public static byte[] Slow(int iterations)
    {
        // The squashing keeps the numbers away from infinity and from the slow subnormal range.
        OnnxGraph body = new OnnxGraph("body")
            .Input("iteration", OnnxType.Int64)
            .Input("go_on", OnnxType.Bool)
            .Input("state", OnnxType.Float, SlowSize, SlowSize)
            .Node("MatMul", ["state", "weights"], ["product"])
            .Node("Tanh", ["product"], ["next_state"])
            .Node("Identity", ["go_on"], ["still_go_on"])
            .Output("still_go_on", OnnxType.Bool)
            .Output("next_state", OnnxType.Float, SlowSize, SlowSize);

        return new OnnxGraph("slow")
            .Input("x", OnnxType.Float, 1, 1)
            .Initializer("weights", Weights(new Random(1), SlowSize, SlowSize))
            .Initializer("iterations", OnnxTensor.Of<long>([iterations]))
            .Initializer("yes", OnnxTensor.Of<bool>([true]))
            .Node("Add", ["weights", "x"], ["start"])
            .Node("Loop", ["iterations", "yes", "start"], ["end"], OnnxAttribute.Graph("body", body))
            .Node("ReduceMean", ["end"], ["y"], OnnxAttribute.Ints("axes", 0, 1))
            .Output("y", OnnxType.Float, 1, 1)
            .ToArray();
    }

    // Uniform with the variance that keeps activations of a rectified layer at their size.
    private static OnnxTensor Weights(Random random, int rows, int columns) =>
        OnnxTensor.Of<float>(Uniform(random, rows * columns, MathF.Sqrt(6f / rows)), rows, columns);

    private static float[] Uniform(Random random, int count, float limit)
    {
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ((2f * random.NextSingle()) - 1f) * limit;
        }

        return values;
    }
}
