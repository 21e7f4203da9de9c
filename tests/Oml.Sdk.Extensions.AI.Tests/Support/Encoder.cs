using Oml.Sdk.TestModels;

namespace Oml.Sdk.Extensions.AI.Tests.Support;

/// <summary>A small encoder in ONNX: the state of a token is its row of a table and the mean of those of all tokens that the mask leaves.</summary>
/// <param name="dimensions">The length of an embedding.</param>
internal sealed class Encoder(int dimensions = 4)
{
    /// <summary>The table, a row a token.</summary>
    public float[][] Table { get; } = MakeTable(dimensions);

    public OnnxDimension Texts { get; init; } = "texts";

    public OnnxDimension Tokens { get; init; } = "tokens";

    public OnnxType Integers { get; init; } = OnnxType.Int64;

    public bool HasMask { get; init; } = true;

    public bool HasTypes { get; init; }

    /// <summary>Whether the model returns halves.</summary>
    public bool IsHalf { get; init; }

    /// <summary>Whether the model pools by itself: its state of the first token.</summary>
    public bool IsPooled { get; init; }

    /// <summary>Another name for the tokens than exporters give.</summary>
    public string Ids { get; init; } = "input_ids";

    /// <summary>An encoder's sum for texts of these tokens, by hand.</summary>
    public float[][] States(int[] tokens) =>
        [.. tokens.Select(token => Table[token].Select((x, d) => x + (HasMask ? tokens.Average(other => Table[other][d]) : 0)).ToArray())];

    /// <summary>The ONNX file.</summary>
    public byte[] ToArray()
    {
        OnnxGraph graph = new OnnxGraph("encoder")
            .Input(Ids, Integers, Texts, Tokens)
            .Initializer("table", OnnxTensor.Of<float>([.. Table.SelectMany(row => row)], Table.Length, dimensions))
            .Node("Gather", ["table", Ids], ["rows"]);
        if (HasTypes)
        {
            // All types are 0, so they change nothing unless they are wrong.
            graph.Input("token_type_ids", Integers, Texts, Tokens)
                .Initializer("last", OnnxTensor.Of<long>([2], 1))
                .Node("Cast", ["token_type_ids"], ["types"], OnnxAttribute.Int("to", (int)OnnxType.Float))
                .Node("Unsqueeze", ["types", "last"], ["types_wide"])
                .Node("Add", ["rows", "types_wide"], ["typed"]);
        }

        string rows = HasTypes ? "typed" : "rows";
        string states = rows;
        if (HasMask)
        {
            states = "in_context";
            graph.Input("attention_mask", Integers, Texts, Tokens)
                .Initializer("end", OnnxTensor.Of<long>([2], 1))
                .Initializer("tokens_axis", OnnxTensor.Of<long>([1], 1))
                .Node("Cast", ["attention_mask"], ["mask"], OnnxAttribute.Int("to", (int)OnnxType.Float))
                .Node("Unsqueeze", ["mask", "end"], ["mask_wide"])
                .Node("Mul", [rows, "mask_wide"], ["seen"])
                .Node("ReduceSum", ["seen", "tokens_axis"], ["sum"], OnnxAttribute.Int("keepdims", 1))
                .Node("ReduceSum", ["mask_wide", "tokens_axis"], ["count"], OnnxAttribute.Int("keepdims", 1))
                .Node("Div", ["sum", "count"], ["mean"])
                .Node("Add", [rows, "mean"], [states]);
        }

        string output = IsPooled ? "sentence_embedding" : "last_hidden_state";
        string result = IsHalf ? "wide" : output;
        if (IsPooled)
        {
            graph.Initializer("first", OnnxTensor.Of<long>([0])).Node("Gather", [states, "first"], [result], OnnxAttribute.Int("axis", 1));
        }
        else
        {
            graph.Node("Identity", [states], [result]);
        }

        if (IsHalf)
        {
            graph.Node("Cast", [result], [output], OnnxAttribute.Int("to", (int)OnnxType.Float16));
        }

        OnnxType type = IsHalf ? OnnxType.Float16 : OnnxType.Float;
        return (IsPooled ? graph.Output(output, type, Texts, dimensions) : graph.Output(output, type, Texts, Tokens, dimensions)).ToArray();
    }

    private static float[][] MakeTable(int dimensions)
    {
        Random random = new(7);
        return [.. Enumerable.Range(0, 256).Select(_ => Enumerable.Range(0, dimensions).Select(_ => (float)random.NextDouble() - 0.4f).ToArray())];
    }
}
