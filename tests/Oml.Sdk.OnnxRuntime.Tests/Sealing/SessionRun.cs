using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing;

/// <summary>Runs a session of ONNX Runtime itself on made-up inputs that are the same each time.</summary>
internal static class SessionRun
{
    private static readonly Dictionary<string, long> Lengths = new()
    {
        ["seq_len"] = 3,
        ["past_seq_len"] = 2,
        ["total_seq_len"] = 5,
        ["length"] = 20,
    };

    /// <summary>All outputs, as the bytes of their values.</summary>
    public static byte[][] Outputs(InferenceSession session)
    {
        List<OrtValue> inputs = [.. session.InputMetadata.Select(input => Value(input.Key, input.Value))];
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, session.InputNames, inputs, session.OutputNames);
        inputs.ForEach(input => input.Dispose());
        return [.. results.Select(result => result.GetTensorMutableRawData().ToArray())];
    }

    private static OrtValue Value(string name, NodeMetadata input)
    {
        long[] shape = [.. input.Dimensions.Zip(
            input.SymbolicDimensions, (length, symbol) => length >= 0 ? length : Lengths.GetValueOrDefault(symbol, 1))];
        int count = (int)ShapeUtils.GetSizeForShape(shape);
        return input.ElementDataType switch
        {
            TensorElementType.Float => Tensor(i => (i % 11) / 11f),
            TensorElementType.Int32 => Tensor(i => name == "attention_mask" ? 1 : i % 5),
            TensorElementType.UInt8 => Tensor(i => (byte)(i * 7)),
            TensorElementType.Bool => Tensor(_ => true),
            _ => throw new NotSupportedException($"{input.ElementDataType}"),
        };

        OrtValue Tensor<T>(Func<int, T> value)
            where T : unmanaged =>
            OrtValue.CreateTensorValueFromMemory(Enumerable.Range(0, count).Select(value).ToArray(), shape);
    }
}
