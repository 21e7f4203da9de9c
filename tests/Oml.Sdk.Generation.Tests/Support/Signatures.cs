using Oml.Sdk.Inference;

namespace Oml.Sdk.Generation.Tests.Support;

/// <summary>The signatures that exporters write.</summary>
internal static class Signatures
{
    /// <summary>No cache: the whole text every time.</summary>
    public static ModelSignature Uncached(TensorElementType integers = TensorElementType.Int64) => new(
        [Ids(integers), Mask(integers)], [Logits()]);

    /// <summary>Optimum, ONNX Runtime GenAI.</summary>
    public static ModelSignature KeyValues(bool positions = true, TensorElementType cache = TensorElementType.Float32) => new(
        [
            Ids(), Mask(), .. positions ? [Positions()] : Array.Empty<TensorInfo>(),
            Part("past_key_values.0.key", cache), Part("past_key_values.0.value", cache),
            Part("past_key_values.1.key", cache), Part("past_key_values.1.value", cache),
        ],
        [
            Logits(), Part("present.0.key", cache), Part("present.0.value", cache), Part("present.1.key", cache), Part("present.1.value", cache),
        ]);

    /// <summary>Two exports in one, with a switch; the tokens are not the first input.</summary>
    public static ModelSignature Merged() => new(
        [Mask(), Ids(), Part("past_key_values.0.key"), Part("past_key_values.0.value"), new("use_cache_branch", TensorElementType.Boolean, [1])],
        [Part("present.0.key"), Part("present.0.value"), Logits()]);

    /// <summary>ONNX Runtime's own exporter: key and value in one.</summary>
    public static ModelSignature Joined() => new(
        [Ids(TensorElementType.Int32), Positions(TensorElementType.Int32), Mask(TensorElementType.Int32), Double("past_0"), Double("past_1")],
        [Logits(), Double("present_0"), Double("present_1")]);

    /// <summary>Underscores, and the tokens before the heads.</summary>
    public static ModelSignature Underscored() => new(
        [Ids(), new("past_key_0", TensorElementType.Float32, [-1, -1, 1, 1]), new("past_value_0", TensorElementType.Float32, [-1, -1, 1, 1])],
        [
            Logits(),
            new("present_key_0", TensorElementType.Float32, [-1, -1, 1, 1]), new("present_value_0", TensorElementType.Float32, [-1, -1, 1, 1]),
        ]);

    public static TensorInfo Ids(TensorElementType type = TensorElementType.Int64) => new("input_ids", type, [-1, -1], ["batch", "length"]);

    public static TensorInfo Mask(TensorElementType type = TensorElementType.Int64) => new("attention_mask", type, [-1, -1]);

    public static TensorInfo Positions(TensorElementType type = TensorElementType.Int64) => new("position_ids", type, [-1, -1]);

    public static TensorInfo Logits(int vocabulary = Language.Vocabulary, TensorElementType type = TensorElementType.Float32) =>
        new("logits", type, [-1, -1, vocabulary]);

    public static TensorInfo Part(string name, TensorElementType type = TensorElementType.Float32) => new(name, type, [-1, 1, -1, 1]);

    private static TensorInfo Double(string name) => new(name, TensorElementType.Float32, [2, -1, 1, -1, 1]);
}
