using Oml.Sdk.Sealing.Chunks;

namespace Oml.Sdk.Sealing.Writing;

/// <summary>The roots of an entry's segments, as they get done: 32 bytes a MiB. Thread-safe.</summary>
internal sealed class SegmentRoots
{
    private readonly Lock _gate = new();
    private byte[] _roots = [];

    public long Count { get; private set; }

    public void Set(long segment, ReadOnlySpan<byte> root)
    {
        lock (_gate)
        {
            Count = Math.Max(Count, segment + 1);
            long needed = Count * ChunkHasher.HashSize;
            if (_roots.Length < needed)
            {
                Array.Resize(ref _roots, checked((int)Math.Max(needed, Math.Min(2L * _roots.Length, Array.MaxLength))));
            }

            root.CopyTo(_roots.AsSpan((int)segment * ChunkHasher.HashSize));
        }
    }

    /// <summary>All of them, once every segment is done.</summary>
    public ReadOnlyMemory<byte> ToMemory() => _roots.AsMemory(0, (int)(Count * ChunkHasher.HashSize));
}
