using System.Security.Cryptography;

namespace Oml.Sdk;

/// <summary>Secret bytes in memory that the collector does not move, so that no copy stays behind when they are overwritten.</summary>
internal sealed class SecretBytes : IDisposable
{
    private readonly byte[] _bytes;
    private volatile bool _disposed;

    public SecretBytes(ReadOnlySpan<byte> bytes)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(_bytes);
    }

    /// <summary>The bytes, for as long as the owner lives.</summary>
    public ReadOnlySpan<byte> Read(object owner)
    {
        ObjectDisposedException.ThrowIf(_disposed, owner);
        return _bytes;
    }

    /// <summary>A copy that is whole: never one whose source was being overwritten meanwhile.</summary>
    public void CopyTo(Span<byte> destination, string parameterName, object owner)
    {
        if (destination.Length < _bytes.Length)
        {
            throw new ArgumentException($"The key needs {_bytes.Length} bytes; the destination has {destination.Length}.", parameterName);
        }

        Read(owner).CopyTo(destination);
        Interlocked.MemoryBarrier();
        if (_disposed)
        {
            CryptographicOperations.ZeroMemory(destination[.._bytes.Length]);
            throw new ObjectDisposedException(owner.GetType().FullName);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        Interlocked.MemoryBarrier();
        CryptographicOperations.ZeroMemory(_bytes);
    }
}
