namespace Oml.Sdk.Sealing.Chunks;

/// <summary>Encrypts and hashes segments of one entry. For one thread at a time.</summary>
internal sealed class SegmentSealer(ChunkKeys keys) : IDisposable
{
    private readonly ChunkCipher _cipher = keys.CreateCipher();
    private readonly ChunkHasher _hasher = new();
    private readonly byte[] _leaves = new byte[Segments.Chunks * ChunkHasher.HashSize];

    /// <summary>Seals a segment.</summary>
    /// <param name="segment">Its number.</param>
    /// <param name="plaintext">A full segment, or a shorter one, which ends the entry.</param>
    /// <param name="output">Room for <see cref="Segments.SealedSize"/> bytes.</param>
    /// <param name="root">32 bytes for the root of its chunks.</param>
    /// <returns>The bytes written.</returns>
    public int Seal(long segment, ReadOnlySpan<byte> plaintext, Span<byte> output, Span<byte> root)
    {
        int chunks = plaintext.Length == Segments.Size ? Segments.Chunks : (plaintext.Length / ChunkLayout.ChunkSize) + 1;
        int written = 0;
        for (int i = 0; i < chunks; i++)
        {
            ReadOnlySpan<byte> chunk = plaintext[(i * ChunkLayout.ChunkSize)..];
            chunk = chunk[..Math.Min(ChunkLayout.ChunkSize, chunk.Length)];
            Span<byte> target = output.Slice(written, chunk.Length + ChunkLayout.TagSize);
            _cipher.Encrypt((segment * Segments.Chunks) + i, chunk, target);
            _hasher.Leaf(target, _leaves.AsSpan(i * ChunkHasher.HashSize, ChunkHasher.HashSize));
            written += target.Length;
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
