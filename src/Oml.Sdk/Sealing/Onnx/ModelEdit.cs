namespace Oml.Sdk.Sealing.Onnx;

/// <summary>A change to one message of a model.</summary>
/// <param name="range">Where the message lies in the model.</param>
/// <param name="name">What it is called, for errors.</param>
internal abstract class ModelEdit(ByteRange range, string name)
{
    public ByteRange Range => range;

    public string Name => name;

    /// <summary>What is put behind the message, in the one that it lies in.</summary>
    public virtual ReadOnlyMemory<byte> After => default;

    /// <summary>Adds the splices of the edit, in the order of the bytes.</summary>
    /// <param name="message">A reader at the start of the message.</param>
    /// <param name="splices">Where they go.</param>
    /// <returns>By how much the message grows.</returns>
    public abstract long AddSplices(ProtobufReader message, List<Splice> splices);
}
