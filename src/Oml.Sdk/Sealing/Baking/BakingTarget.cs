using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing.Baking;

/// <summary>The value of a graph that is marked, so that an output is.</summary>
internal sealed record BakingTarget
{
    // How far back a value is followed through nodes that change its shape or type alone.
    private const int MaxPassive = 32;

    private static readonly string[] Passive = ["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Cast", "Dropout"];

    // What stands between the exponentials of a softmax and their sum, for each of them, where exporters write it out.
    private static readonly string[] Summing = [.. Passive, "ReduceSum", "Expand"];

    // What a value may have been divided by does not change whether it has a range.
    private static readonly string[] Scaling = [.. Passive, "Div"];

    // Their values have a range, or a length, that an addition would leave.
    private static readonly string[] Bounded =
        ["Softmax", "LogSoftmax", "Hardmax", "Exp", "Sigmoid", "HardSigmoid", "Tanh", "Softplus", "Softsign", "Relu", "Clip", "LpNormalization"];

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
        if (FindScores(graph, producer, softmaxAxis, output) is { } scores)
        {
            value = scores;
            producer = FindProducer(graph, value);
        }
        else
        {
            CheckRange(graph, output);
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

    // What enters the softmax that this node is, or is the last one of; null if it is none.
    private static string? FindScores(OnnxGraphView graph, OnnxNode node, long softmaxAxis, OnnxOutput output)
    {
        if ((node.Is("Softmax") || node.Is("LogSoftmax")) && node.Inputs is [var scores, ..])
        {
            CheckAxis(node.Axis ?? softmaxAxis, output);
            return scores;
        }

        if (!node.Is("Div") || node.Inputs is not [var powers, var sums]
            || graph.FindProducer(powers) is not { Inputs: [var exponents] } exp || !exp.Is("Exp")
            || Follow(graph, sums, Summing).Value != powers)
        {
            return null;
        }

        // The largest score is taken off first, usually; it is worked out from the scores, which are marked by then.
        return graph.FindProducer(exponents) is { Inputs: [var shifted, _] } sub && sub.Is("Sub") ? shifted : exponents;
    }

    // Goes back through nodes of some kinds, by their first inputs.
    private static (string Value, OnnxNode? Producer) Follow(OnnxGraphView graph, string value, string[] operations)
    {
        OnnxNode? producer = graph.FindProducer(value);
        for (int i = 0; i < MaxPassive && producer is { Inputs: [var source, ..] } && Array.Exists(operations, producer.Is); i++)
        {
            value = source;
            producer = graph.FindProducer(value);
        }

        return (value, producer);
    }

    private static void CheckAxis(long axis, OnnxOutput output)
    {
        if (axis != -1 && axis != output.Shape?.Length - 1)
        {
            throw new BakingException(
                BakingFailure.UnsuitableOutput,
                $"The softmax that makes the output {OnnxText.Quote(output.Name)} is over dimension {axis}, which is not known to be the last one, where rows are.");
        }
    }

    private static void CheckRange(OnnxGraphView graph, OnnxOutput output)
    {
        if (Follow(graph, output.Name, Scaling).Producer is { } origin && Array.Exists(Bounded, origin.Is))
        {
            throw new BakingException(
                BakingFailure.UnsuitableOutput,
                $"The output {OnnxText.Quote(output.Name)} comes of {origin.Operation}, and an addition would take its values out of their range; " +
                "choose an output of scores before it.");
        }
    }
}
