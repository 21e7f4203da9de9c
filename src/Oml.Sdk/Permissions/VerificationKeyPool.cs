namespace Oml.Sdk.Permissions;

/// <summary>Lends each caller a <see cref="VerificationKey"/> of its own, so that no two threads ever share one.</summary>
/// <remarks>
/// The platform does not promise that one key object can verify on two threads at once, and making one costs more than a
/// verification with it: hence the pool. It keeps one key per processor at most; the finalizers of their handles free them.
/// </remarks>
internal sealed class VerificationKeyPool(byte[] subjectPublicKeyInfo, PermissionAlgorithm algorithm)
{
    private readonly VerificationKey?[] _idle = new VerificationKey?[Environment.ProcessorCount];

    public VerificationKey Rent()
    {
        foreach (ref VerificationKey? slot in _idle.AsSpan())
        {
            // The read first: an exchange on an empty slot would take the cache line from other threads for nothing.
            if (Volatile.Read(ref slot) is not null && Interlocked.Exchange(ref slot, null) is { } key)
            {
                return key;
            }
        }

        return VerificationKey.Create(subjectPublicKeyInfo, algorithm);
    }

    public void Return(VerificationKey key)
    {
        foreach (ref VerificationKey? slot in _idle.AsSpan())
        {
            if (Volatile.Read(ref slot) is null && Interlocked.CompareExchange(ref slot, key, null) is null)
            {
                return;
            }
        }

        key.Dispose();
    }
}
