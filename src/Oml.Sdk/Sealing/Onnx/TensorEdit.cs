namespace Oml.Sdk.Sealing.Onnx;

/// <summary>A change to where one tensor of a model has its values; everything else about it stays.</summary>
internal sealed class TensorEdit : ModelEdit
{
    private TensorEdit(object? tensor, ByteRange range, string name)
        : base(range, name) => Tensor = tensor;

    /// <summary>The tensor, as the scan reported it; null for one that was found otherwise.</summary>
    public object? Tensor { get; }

    /// <summary>The values to put into the model; null when they are to be in another file.</summary>
    public ReadOnlyMemory<byte>? Data { get; private init; }

    public string Location { get; private init; } = string.Empty;

    public long Offset { get; private init; }

    public long Length { get; private init; }

    /// <summary>Puts the values of an external tensor into the model.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="data">Its values, as they stand in the file; they are read when the model is written.</param>
    public static TensorEdit ToInline(ExternalTensor tensor, ReadOnlyMemory<byte> data) => data.Length == tensor.Length
        ? new TensorEdit(tensor, tensor.Range, tensor.Name) { Data = data }
        : throw new ArgumentException(
            $"The tensor {OnnxText.Quote(tensor.Name)} has {tensor.Length} bytes of values; got {data.Length}.", nameof(data));

    /// <summary>Gives a tensor other values, which are put into the model wherever the old ones are.</summary>
    /// <param name="range">Where its message lies in the model.</param>
    /// <param name="name">Its name.</param>
    /// <param name="data">The values as raw data, as many as the old ones.</param>
    public static TensorEdit Replace(ByteRange range, string name, ReadOnlyMemory<byte> data) => new(null, range, name) { Data = data };

    /// <summary>Says that the values of an external tensor are elsewhere.</summary>
    public static TensorEdit Move(ExternalTensor tensor, string location, long offset) =>
        External(tensor, tensor.Range, tensor.Name, location, offset, tensor.Length);

    /// <summary>Takes the values of an inline tensor out of the model.</summary>
    public static TensorEdit ToExternal(InlineTensor tensor, string location, long offset) =>
        External(tensor, tensor.Range, tensor.Name, location, offset, tensor.Data.Length);

    public override long AddSplices(ProtobufReader message, List<Splice> splices) => TensorSplicer.Add(message, this, splices);

    private static TensorEdit External(object tensor, ByteRange range, string name, string location, long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, long.MaxValue - length);
        return ExternalDataPath.FindFault(location) is { } fault
            ? throw new ArgumentException($"The location {OnnxText.Quote(location)} {fault}.", nameof(location))
            : new TensorEdit(tensor, range, name) { Location = location, Offset = offset, Length = length };
    }
}
