using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing.Baking;

/// <summary>The value of a graph that is marked, so that an output is.</summary>
internal sealed record BakingTarget
{
    // How far back a value is followed through nodes that change its shape or type alone.
    private const int MaxPassive = 32;

    private static readonly string[] Passive = ["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Cast", "Dropout"];

    // Their values have a range, or a length, that an addition would leave.
    private static readonly string[] Bounded =
        ["Softmax", "LogSoftmax", "Hardmax", "Sigmoid", "HardSigmoid", "Tanh", "Softsign", "Relu", "Clip", "LpNormalization"];

    /// <summary>The output as the model declares it.</summary>
    public required OnnxOutput Output { get; init; }

    /// <summary>The value: that of the output, or what enters the softmax that makes it.</summary>
    public required string Value { get; init; }

    /// <summary>The node that makes the value.</summary>
    public required OnnxNode Producer { get; init; }

    /// <summary>The length of a row, if it is declared.</summary>
    public int? RowLength { get; private init; }

    /// <summary>Finds it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="softmaxAxis">What the axis of a softmax is when it does not say: 1 before operator set 13, then −1.</param>
    /// <param name="name">The output; null for the only one.</param>
    /// <exception cref="BakingException">There is no such output, or it cannot be marked.</exception>
    public static BakingTarget Find(OnnxGraphView graph, long softmaxAxis, string? name)
    {
        OnnxOutput output = FindOutput(graph, name);
        if (!OnnxFloats.Has(output.ElementType))
        {
            throw new BakingException(
                BakingFailure.UnsupportedType, $"The output {OnnxText.Quote(output.Name)} is no tensor of Float32, Float16 or Double; choose another.");
        }

        int? length = RowLengthOf(output);
        string value = output.Name;
        OnnxNode producer = FindProducer(graph, value);
        if ((producer.Is("Softmax") || producer.Is("LogSoftmax")) && producer.Inputs is [var scores, ..])
        {
            CheckAxis(producer.Axis ?? softmaxAxis, output);
            value = scores;
            producer = FindProducer(graph, value);
        }
        else
        {
            CheckRange(graph, producer, output);
        }

        return new BakingTarget { Output = output, Value = value, Producer = producer, RowLength = length };
    }

    private static OnnxOutput FindOutput(OnnxGraphView graph, string? name)
    {
        OnnxOutput[] all = [.. graph.Outputs()];
        if (name is null)
        {
            return all is [var only] ? only : throw new BakingException(
                BakingFailure.NoSuchOutput, $"The model has {all.Length} outputs; say which one is to be marked: {Names(all)}.");
        }

        return Array.Find(all, output => output.Name == name) ?? throw new BakingException(
            BakingFailure.NoSuchOutput, $"The model has no output {OnnxText.Quote(name)}; it has {Names(all)}.");
    }

    private static string Names(OnnxOutput[] outputs) =>
        string.Join(", ", outputs.Take(10).Select(output => OnnxText.Quote(output.Name))) + (outputs.Length > 10 ? ", …" : string.Empty);

    private static int? RowLengthOf(OnnxOutput output)
    {
        if (output.Shape is not { } shape)
        {
            return null;
        }

        if (shape.IsEmpty)
        {
            throw new BakingException(
                BakingFailure.UnsupportedRowLength, $"The output {OnnxText.Quote(output.Name)} is a scalar; a row of scores is needed.");
        }

        return shape[^1] is { } length ? (int)Math.Min(length, int.MaxValue) : null;
    }

    private static OnnxNode FindProducer(OnnxGraphView graph, string value) => graph.FindProducer(value) ?? throw new BakingException(
        BakingFailure.UnsuitableOutput, $"No node makes the value {OnnxText.Quote(value)}: it is an input or a constant, which cannot be marked.");

    private static void CheckAxis(long axis, OnnxOutput output)
    {
        if (axis != -1 && axis != output.Shape?.Length - 1)
        {
            throw new BakingException(
                BakingFailure.UnsuitableOutput,
                $"The softmax that makes the output {OnnxText.Quote(output.Name)} is over dimension {axis}, which is not known to be the last one, where rows are.");
        }
    }

    private static void CheckRange(OnnxGraphView graph, OnnxNode producer, OnnxOutput output)
    {
        OnnxNode? origin = producer;
        for (int i = 0; i < MaxPassive && origin is not null && Array.Exists(Passive, origin.Is); i++)
        {
            origin = origin.Inputs is [var source, ..] ? graph.FindProducer(source) : null;
        }

        if (origin is not null && Array.Exists(Bounded, origin.Is))
        {
            throw new BakingException(
                BakingFailure.UnsuitableOutput,
                $"The output {OnnxText.Quote(output.Name)} comes of {origin.Operation}, and an addition would take its values out of their range; " +
                "choose an output of scores before it.");
        }
    }
}
