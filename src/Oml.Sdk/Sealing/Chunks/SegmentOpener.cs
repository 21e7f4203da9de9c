using System.Security.Cryptography;

namespace Oml.Sdk.Sealing.Chunks;

/// <summary>Checks and decrypts segments of one entry. For one thread at a time.</summary>
/// <param name="keys">The entry's keys, or null to check only.</param>
internal sealed class SegmentOpener(ChunkKeys? keys) : IDisposable
{
    private readonly ChunkCipher? _cipher = keys?.CreateCipher();
    private readonly ChunkHasher _hasher = new();
    private readonly byte[] _leaves = new byte[Segments.Chunks * ChunkHasher.HashSize];

    /// <summary>Whether the chunks of a segment have the root that was signed for.</summary>
    public bool IsIntact(ReadOnlySpan<byte> chunks, ReadOnlySpan<byte> root)
    {
        int count = 0;
        for (ReadOnlySpan<byte> rest = chunks; !rest.IsEmpty; count++)
        {
            int length = Math.Min(ChunkLayout.SealedChunkSize, rest.Length);
            _hasher.Leaf(rest[..length], _leaves.AsSpan(count * ChunkHasher.HashSize, ChunkHasher.HashSize));
            rest = rest[length..];
        }

        Span<byte> found = stackalloc byte[ChunkHasher.HashSize];
        _hasher.Root(_leaves.AsSpan(0, count * ChunkHasher.HashSize), found);
        return CryptographicOperations.FixedTimeEquals(found, root);
    }

    /// <summary>Decrypts a segment that was found intact.</summary>
    /// <param name="segment">Its number.</param>
    /// <param name="chunks">Its chunks and tags.</param>
    /// <param name="plaintext">Exactly as many bytes as it holds.</param>
    /// <returns>The number of the first chunk that is not authentic, or -1.</returns>
    public long Decrypt(long segment, ReadOnlySpan<byte> chunks, Span<byte> plaintext)
    {
        for (long index = segment * Segments.Chunks; !chunks.IsEmpty; index++)
        {
            int length = Math.Min(ChunkLayout.SealedChunkSize, chunks.Length);
            int size = length - ChunkLayout.TagSize;
            if (!_cipher!.TryDecrypt(index, chunks[..length], plaintext[..size]))
            {
                return index;
            }

            chunks = chunks[length..];
            plaintext = plaintext[size..];
        }

        return -1;
    }

    public void Dispose()
    {
        _cipher?.Dispose();
        _hasher.Dispose();
    }
}
