using System.Buffers;

namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>The signs of one row: those that were made before, or else new ones in rented memory, which is cleared at the end.</summary>
internal readonly ref struct RowSigns : IDisposable
{
    private readonly byte[]? _rented;

    /// <param name="key">The carrier's key.</param>
    /// <param name="prepared">The first signs of the stream, and <see cref="LogitRows.Slack"/> bytes more.</param>
    /// <param name="rowLength">Elements of the row.</param>
    /// <param name="offset">Where in the stream its signs begin, in bytes.</param>
    public RowSigns(ref readonly AesKeySchedule key, ReadOnlySpan<byte> prepared, int rowLength, int offset)
    {
        int bytes = Length(rowLength);
        if (prepared.Length >= offset + bytes + LogitRows.Slack)
        {
            Bits = prepared[offset..];
            return;
        }

        // The cipher makes eight blocks at a time; a class may begin at any of them.
        _rented = ArrayPool<byte>.Shared.Rent(bytes + LogitRows.Slack);
        ulong block = (ulong)offset / 16;
        ulong group = block & ~(ulong)(IAesBlocks.Blocks - 1);
        CarrierKeystream.Fill(in key, group, _rented.AsSpan(0, bytes), KernelDispatch.Aes);
        Bits = _rented.AsSpan((int)(block - group) * 16);
    }

    /// <summary>A bit for each element, the lowest first, and <see cref="LogitRows.Slack"/> bytes more; 1 is minus.</summary>
    public ReadOnlySpan<byte> Bits { get; }

    /// <summary>How many bytes hold the signs of so many elements, in whole groups of blocks, as the cipher makes them.</summary>
    public static int Length(int elements) => (elements + (IAesBlocks.Bytes * 8) - 1) / (IAesBlocks.Bytes * 8) * IAesBlocks.Bytes;

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented, clearArray: true);
        }
    }
}
