using System.Security.Cryptography;
using Oml.Sdk.Sealing.Memory;

namespace Oml.Sdk.Benchmarks.Sealing;

/// <summary>The yardstick of sealing and opening: AES-256-GCM and SHA-256 of the platform over all processors, in chunks of 16 KiB, and nothing else.</summary>
internal static class RawCrypto
{
    private const int Chunk = 16 * 1024;
    private const int Tag = 16;
    private const int Piece = 1024 * 1024;

    /// <summary>Encrypts and hashes bytes that stay in the processor's caches.</summary>
    public static void Seal(long bytes) => Parallel.For(0, bytes / Piece, () => new Worker(), (_, _, worker) => worker.Seal(), worker => worker.Dispose());

    /// <summary>Hashes and decrypts into fresh memory: what faulting pages in allows.</summary>
    public static void Open(long bytes)
    {
        using SecretMemory memory = SecretMemory.Allocate(bytes);
        Parallel.For(
            0, bytes / Piece, () => new Worker(), (piece, _, worker) => worker.Open(memory.Slice(piece * Piece, Piece)), worker => worker.Dispose());
    }

    private sealed class Worker : IDisposable
    {
        private readonly AesGcm _aes = new(new byte[32], Tag);
        private readonly byte[] _nonce = new byte[12];
        private readonly byte[] _hash = new byte[32];
        private readonly byte[] _plain = new byte[Piece];
        private readonly byte[] _sealed = new byte[Piece / Chunk * (Chunk + Tag)];

        public Worker() => Seal();

        public Worker Seal()
        {
            for (int i = 0; i < Piece / Chunk; i++)
            {
                Span<byte> chunk = _sealed.AsSpan(i * (Chunk + Tag), Chunk + Tag);
                _aes.Encrypt(_nonce, _plain.AsSpan(i * Chunk, Chunk), chunk[..Chunk], chunk[Chunk..]);
                SHA256.HashData(chunk, _hash);
            }

            return this;
        }

        public Worker Open(Span<byte> target)
        {
            for (int i = 0; i < Piece / Chunk; i++)
            {
                ReadOnlySpan<byte> chunk = _sealed.AsSpan(i * (Chunk + Tag), Chunk + Tag);
                SHA256.HashData(chunk, _hash);
                _aes.Decrypt(_nonce, chunk[..Chunk], chunk[Chunk..], target.Slice(i * Chunk, Chunk));
            }

            return this;
        }

        public void Dispose() => _aes.Dispose();
    }
}
