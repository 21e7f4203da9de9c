using System.Security.Cryptography;

namespace Oml.Sdk.Sealing.Chunks;

/// <summary>The Merkle tree over the chunks of an entry, as RFC 9162 §2.1.1 hashes it. For one thread at a time.</summary>
internal sealed class ChunkHasher : IDisposable
{
    public const int HashSize = SHA256.HashSizeInBytes;

    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The hash of a leaf.</summary>
    public void Leaf(ReadOnlySpan<byte> chunk, Span<byte> hash)
    {
        _sha.AppendData([0]);
        _sha.AppendData(chunk);
        _sha.GetHashAndReset(hash);
    }

    /// <summary>The root over nodes of one height.</summary>
    /// <param name="hashes">One or more hashes of 32 bytes; overwritten.</param>
    /// <param name="root">32 bytes.</param>
    /// <remarks>
    /// Joining neighbours level by level, and lifting an odd one out, gives the tree that RFC 9162 defines by splitting at the
    /// largest power of two. It also makes the root over the roots of stretches of 2^k leaves the root over all leaves.
    /// </remarks>
    public void Root(Span<byte> hashes, Span<byte> root)
    {
        int count = hashes.Length / HashSize;
        while (count > 1)
        {
            int joined = 0;
            for (int i = 0; i + 1 < count; i += 2, joined++)
            {
                _sha.AppendData([1]);
                _sha.AppendData(hashes.Slice(i * HashSize, 2 * HashSize));
                _sha.GetHashAndReset(hashes.Slice(joined * HashSize, HashSize));
            }

            if ((count & 1) != 0)
            {
                hashes.Slice((count - 1) * HashSize, HashSize).CopyTo(hashes[(joined * HashSize)..]);
                joined++;
            }

            count = joined;
        }

        hashes[..HashSize].CopyTo(root);
    }

    public void Dispose() => _sha.Dispose();
}
