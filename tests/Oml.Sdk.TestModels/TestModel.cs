namespace Oml.Sdk.TestModels;

/// <summary>Small ready models, as the bytes of ONNX files. Every call writes a new file; equal arguments give equal bytes.</summary>
public static partial class TestModel
{
    /// <summary><c>y = x</c> for any element type; <c>x[batch, n]</c>.</summary>
    public static byte[] Identity(OnnxType type = OnnxType.Float) => new OnnxGraph("identity")
        .Input("x", type, "batch", "n")
        .Node("Identity", ["x"], ["y"])
        .Output("y", type, "batch", "n")
        .ToArray();

    /// <summary>From <c>a[batch, 3]</c> and int64 <c>k[batch, 1]</c>: <c>total = sum of a + k</c>, a float, and <c>next = k + 1</c>.</summary>
    public static byte[] MultiInputOutput() => new OnnxGraph("multi-input-output")
        .Input("a", OnnxType.Float, "batch", 3)
        .Input("k", OnnxType.Int64, "batch", 1)
        .Initializer("axes", OnnxTensor.Of<long>([1], 1))
        .Initializer("one", OnnxTensor.Of<long>([1]))
        .Node("ReduceSum", ["a", "axes"], ["sum"], OnnxAttribute.Int("keepdims", 1))
        .Node("Cast", ["k"], ["k_float"], OnnxAttribute.Int("to", (int)OnnxType.Float))
        .Node("Add", ["sum", "k_float"], ["total"])
        .Node("Add", ["k", "one"], ["next"])
        .Output("total", OnnxType.Float, "batch", 1)
        .Output("next", OnnxType.Int64, "batch", 1)
        .ToArray();

    /// <summary><c>y = 2 x</c> in half precision; <c>x[batch, n]</c>.</summary>
    public static byte[] Halves() => Doubling(OnnxType.Float16, OnnxTensor.Of<Half>([(Half)2f]));

    /// <summary><c>y = 2 x</c> in double precision; <c>x[batch, n]</c>.</summary>
    public static byte[] Doubles() => Doubling(OnnxType.Double, OnnxTensor.Of<double>([2d]));

    /// <summary><c>y = a / b</c>, both <c>[batch, n]</c>: infinite or not a number where the caller puts zeros into <c>b</c>.</summary>
    public static byte[] WithDivision() => new OnnxGraph("with-division")
        .Input("a", OnnxType.Float, "batch", "n")
        .Input("b", OnnxType.Float, "batch", "n")
        .Node("Div", ["a", "b"], ["y"])
        .Output("y", OnnxType.Float, "batch", "n")
        .ToArray();

    /// <summary><c>y = scale · x</c>, where the input <c>scale</c> is 2 unless the caller gives it; <c>x[batch, n]</c>.</summary>
    public static byte[] WithOptionalInput() => new OnnxGraph("with-optional-input")
        .Input("x", OnnxType.Float, "batch", "n")
        .Input("scale", OnnxType.Float, 1)
        .Initializer("scale", OnnxTensor.Of<float>([2f], 1))
        .Node("Mul", ["x", "scale"], ["y"])
        .Output("y", OnnxType.Float, "batch", "n")
        .ToArray();

    /// <summary>
    /// Looks up <c>index[batch]</c> in a table of ten values, where <c>y = 10 · index</c>. It loads, and runs for −10 to 9; any other
    /// index makes the run itself fail.
    /// </summary>
    public static byte[] FailsAtRunTime() => new OnnxGraph("fails-at-run-time")
        .Input("index", OnnxType.Int64, "batch")
        .Initializer("table", OnnxTensor.Of<float>([0, 10, 20, 30, 40, 50, 60, 70, 80, 90], 10))
        .Node("Gather", ["table", "index"], ["y"])
        .Output("y", OnnxType.Float, "batch")
        .ToArray();

    private static byte[] Doubling(OnnxType type, OnnxTensor two) => new OnnxGraph("doubling")
        .Input("x", type, "batch", "n")
        .Initializer("two", two)
        .Node("Mul", ["x", "two"], ["y"])
        .Output("y", type, "batch", "n")
        .ToArray();
}
