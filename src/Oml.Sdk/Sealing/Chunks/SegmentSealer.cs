namespace Oml.Sdk.Sealing.Chunks;

/// <summary>Encrypts and hashes segments of one entry. For one thread at a time.</summary>
internal sealed class SegmentSealer(ChunkKeys keys) : IDisposable
{
    private readonly ChunkCipher _cipher = keys.CreateCipher();
    private readonly ChunkHasher _hasher = new();
    private readonly byte[] _leaves = new byte[Segments.Chunks * ChunkHasher.HashSize];

    /// <summary>Seals a segment where it is, so that one piece of memory, not two, goes through the processor's cache.</summary>
    /// <param name="segment">Its number.</param>
    /// <param name="buffer">
    /// <see cref="Segments.SealedSize"/> bytes: the content of each chunk followed by room for its tag; then the chunks and their tags.
    /// </param>
    /// <param name="size">The bytes of content: a full segment, or fewer, which end the entry.</param>
    /// <param name="root">32 bytes for the root of its chunks.</param>
    /// <returns>The bytes of chunks and tags.</returns>
    public int Seal(long segment, Span<byte> buffer, int size, Span<byte> root)
    {
        int chunks = size == Segments.Size ? Segments.Chunks : (size / ChunkLayout.ChunkSize) + 1;
        int written = 0;
        for (int i = 0; i < chunks; i++)
        {
            int length = Math.Min(ChunkLayout.ChunkSize, size - (i * ChunkLayout.ChunkSize));
            Span<byte> chunk = buffer.Slice(written, length + ChunkLayout.TagSize);
            _cipher.Encrypt((segment * Segments.Chunks) + i, chunk[..length], chunk);
            _hasher.Leaf(chunk, _leaves.AsSpan(i * ChunkHasher.HashSize, ChunkHasher.HashSize));
            written += chunk.Length;
        }

        _hasher.Root(_leaves.AsSpan(0, chunks * ChunkHasher.HashSize), root);
        return written;
    }

    public void Dispose()
    {
        _cipher.Dispose();
        _hasher.Dispose();
    }
}
