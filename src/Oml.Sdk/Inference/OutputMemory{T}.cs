using System.Buffers;

namespace Oml.Sdk.Inference;

/// <summary>The elements of an output as memory that can be handed to another call. It owns nothing.</summary>
internal sealed class OutputMemory<T>(OutputTensor tensor) : MemoryManager<T>
    where T : unmanaged
{
    public override Span<T> GetSpan() => tensor.GetSpan<T>();

    public override unsafe MemoryHandle Pin(int elementIndex = 0) => tensor.PinElements(checked(elementIndex * sizeof(T)));

    // The handle frees what a pin took.
    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
