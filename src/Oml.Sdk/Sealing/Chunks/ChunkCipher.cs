using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Oml.Sdk.Sealing.Chunks;

/// <summary>Encrypts and decrypts the chunks of one message in any order. For one thread at a time.</summary>
internal sealed class ChunkCipher : IDisposable
{
    private readonly AesGcm _aes;
    private readonly byte[] _baseNonce;

    public ChunkCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> baseNonce)
    {
        _aes = new AesGcm(key, ChunkLayout.TagSize);
        _baseNonce = GC.AllocateUninitializedArray<byte>(baseNonce.Length, pinned: true);
        baseNonce.CopyTo(_baseNonce);
    }

    /// <param name="index">The chunk's number, below <see cref="ChunkLayout.MaxChunks"/>.</param>
    /// <param name="plaintext">At most <see cref="ChunkLayout.ChunkSize"/> bytes; fewer make it the last one.</param>
    /// <param name="output">As many bytes and a tag; may start with the plaintext itself.</param>
    public void Encrypt(long index, ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        Span<byte> nonce = stackalloc byte[ChunkKeys.NonceSize];
        WriteNonce(index, nonce);
        _aes.Encrypt(nonce, plaintext, output[..plaintext.Length], output[plaintext.Length..]);
    }

    /// <returns>False, and zeros in <paramref name="plaintext"/>, if the chunk is not authentic at this place.</returns>
    public bool TryDecrypt(long index, ReadOnlySpan<byte> chunk, Span<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[ChunkKeys.NonceSize];
        WriteNonce(index, nonce);
        try
        {
            _aes.Decrypt(nonce, chunk[..plaintext.Length], chunk[plaintext.Length..], plaintext);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_baseNonce);
    }

    // The chunk's number as a big-endian integer, added to the nonce without carry.
    private void WriteNonce(long index, Span<byte> nonce)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)ChunkLayout.MaxChunks, nameof(index));
        _baseNonce.CopyTo(nonce);
        Span<byte> low = nonce[^8..];
        BinaryPrimitives.WriteInt64BigEndian(low, BinaryPrimitives.ReadInt64BigEndian(low) ^ index);
    }
}
