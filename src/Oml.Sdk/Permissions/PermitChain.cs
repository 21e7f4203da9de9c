using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>A publisher's supply of units that are sold one by one, offline: a chain of hashes whose lower end a permission carries.</summary>
/// <remarks>
/// <para>From a secret seed w_n, w_(i−1) is the SHA-256 of w_i, and a permission carries w₀ (docs/spec/permission.md §5). Whoever is
/// given w_i, the preimage of unit i, can show that units 1 to i are paid for, and no more. Releasing a unit needs no signature,
/// checking the next one is one hash, and the highest preimage that was released is the proof for the settlement.</para>
/// <para>Making a chain costs a hash for each unit. It keeps about 2 √n values of 32 bytes, so that a release costs at most √n hashes,
/// and one of consecutive ones a fraction of a hash. Thread-safe. Disposing clears the secrets.</para>
/// <para>What outlives a restart is the seed, the length and <see cref="ReleasedIndex"/>: <see cref="FromSeed"/> goes on from there. Store the
/// index before the preimage leaves the process. Then a crash between the two loses nothing, since <see cref="Release"/> gives the same
/// preimage again, and no unit is sold a second time.</para>
/// </remarks>
public sealed class PermitChain : IDisposable
{
    /// <summary>The length of a preimage, of an anchor and of a seed in bytes: 32.</summary>
    public const int PreimageSize = SHA256.HashSizeInBytes;

    /// <summary>The most units of a chain: 2²⁴.</summary>
    public const int MaxLength = 1 << 24;

    private readonly Lock _lock = new();
    private readonly int _stride;

    // w_stride, w_(2 stride), …, and the seed at last.
    private readonly SecretBytes _checkpoints;
    private readonly byte[] _segment;
    private int _segmentStart = -1;
    private long _releasedIndex;
    private bool _disposed;

    private PermitChain(ReadOnlySpan<byte> seed, int length, long releasedIndex)
    {
        _releasedIndex = releasedIndex;
        _stride = (int)Math.Ceiling(Math.Sqrt(length));
        int count = ((length - 1) / _stride) + 1;
        byte[] checkpoints = GC.AllocateUninitializedArray<byte>(count * PreimageSize, pinned: true);
        Span<byte> value = stackalloc byte[PreimageSize];
        seed.CopyTo(value);
        value.CopyTo(At(checkpoints, count - 1));
        int index = length;
        for (int checkpoint = count - 2; checkpoint >= -1; checkpoint--)
        {
            int next = (checkpoint + 1) * _stride;
            HashChain.Descend(value, index - next);
            index = next;
            if (checkpoint >= 0)
            {
                value.CopyTo(At(checkpoints, checkpoint));
            }
        }

        Anchor = new PermitChainAnchor(value, length);
        _checkpoints = new SecretBytes(checkpoints);
        CryptographicOperations.ZeroMemory(checkpoints);
        _segment = GC.AllocateUninitializedArray<byte>(_stride * PreimageSize, pinned: true);
    }

    /// <summary>What the permission says about this chain: <see cref="PermissionRequest.PermitChain"/>.</summary>
    public PermitChainAnchor Anchor { get; }

    /// <summary>How many units there are.</summary>
    public int Length => Anchor.Length;

    /// <summary>
    /// The highest unit that was released, here or before the restart that <see cref="FromSeed"/> was told of; 0 when none was. It only rises.
    /// </summary>
    public long ReleasedIndex => Volatile.Read(ref _releasedIndex);

    /// <summary>Makes a chain of a new random seed.</summary>
    /// <param name="length">How many units, 1 to <see cref="MaxLength"/>. Each costs a hash now.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is out of its range.</exception>
    public static PermitChain Create(int length)
    {
        CheckLength(length);
        Span<byte> seed = stackalloc byte[PreimageSize];
        RandomNumberGenerator.Fill(seed);
        PermitChain chain = new(seed, length, releasedIndex: 0);
        CryptographicOperations.ZeroMemory(seed);
        return chain;
    }

    /// <summary>Makes a chain again, of the seed that <see cref="CopySeedTo"/> gave.</summary>
    /// <param name="seed">32 bytes that were drawn at random, and for this chain only. The caller clears them.</param>
    /// <param name="length">How many units the chain has, 1 to <see cref="MaxLength"/>.</param>
    /// <param name="releasedIndex">
    /// The <see cref="ReleasedIndex"/> that was stored, 0 to <paramref name="length"/>; 0 for a chain of which nothing was released.
    /// </param>
    /// <returns>The chain, which goes on after that unit.</returns>
    /// <exception cref="ArgumentException">The seed is not 32 bytes long, or a number is out of its range.</exception>
    public static PermitChain FromSeed(ReadOnlySpan<byte> seed, int length, long releasedIndex = 0)
    {
        CheckLength(length);
        ArgumentOutOfRangeException.ThrowIfNegative(releasedIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(releasedIndex, length);
        return seed.Length == PreimageSize
            ? new(seed, length, releasedIndex)
            : throw new ArgumentException($"A seed is {PreimageSize} bytes long; got {seed.Length}.", nameof(seed));
    }

    /// <summary>Whether a preimage proves that units 1 to <paramref name="index"/> of a chain were released: the check of a settlement.</summary>
    /// <param name="anchor">The anchor in the permission.</param>
    /// <param name="index">How many units are claimed.</param>
    /// <param name="preimage">The preimage of that unit.</param>
    /// <returns>True if it does; false also for an index that the chain does not have and for a preimage of another length.</returns>
    /// <remarks>It costs <paramref name="index"/> hashes.</remarks>
    public static bool Verify(PermitChainAnchor anchor, long index, ReadOnlySpan<byte> preimage)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        return index >= 1 && index <= anchor.Length && preimage.Length == PreimageSize
            && HashChain.Leads(preimage, index, anchor.Value.Span);
    }

    /// <summary>Releases units 1 to <paramref name="index"/>: writes the preimage that pays for them. It cannot be taken back.</summary>
    /// <param name="index">The unit, 1 to <see cref="Length"/>. Up to <see cref="ReleasedIndex"/> it is given again, and sells nothing.</param>
    /// <param name="destination">At least <see cref="PreimageSize"/> bytes.</param>
    /// <exception cref="ArgumentException">The chain has no such unit, or <paramref name="destination"/> is too short.</exception>
    /// <exception cref="ObjectDisposedException">The chain was disposed.</exception>
    public void Release(long index, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(index, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, Length);
        CheckDestination(destination);
        lock (_lock)
        {
            Read(index, destination);
            Volatile.Write(ref _releasedIndex, Math.Max(_releasedIndex, index));
        }
    }

    /// <summary>Releases units that nobody was given yet: those after <see cref="ReleasedIndex"/>. Callers at once get different ones.</summary>
    /// <param name="units">How many, at least 1.</param>
    /// <returns>What pays for them. Store its index before it leaves the process.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">Fewer are left.</exception>
    /// <exception cref="ObjectDisposedException">The chain was disposed.</exception>
    public PermitPayment ReleaseNext(long units = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        Span<byte> preimage = stackalloc byte[PreimageSize];
        lock (_lock)
        {
            if (units > Length - _releasedIndex)
            {
                throw new InvalidOperationException(
                    $"The chain has {Length - _releasedIndex} of its {Length} units left, and {units} were asked for: " +
                    "issue a permission with another chain.");
            }

            long index = _releasedIndex + units;
            Read(index, preimage);
            Volatile.Write(ref _releasedIndex, index);
            return new(index, preimage);
        }
    }

    /// <summary>Writes the secret that the whole chain can be made of again. Keep it as safe as a private key. It releases nothing.</summary>
    /// <param name="destination">At least <see cref="PreimageSize"/> bytes, which the caller clears when done.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="ObjectDisposedException">The chain was disposed.</exception>
    public void CopySeedTo(Span<byte> destination)
    {
        CheckDestination(destination);
        lock (_lock)
        {
            Read(Length, destination);
        }
    }

    /// <summary>The number of units; nothing secret.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{nameof(PermitChain)} of {Length} units";

    /// <summary>Clears the secrets.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _checkpoints.Dispose();
            CryptographicOperations.ZeroMemory(_segment);
        }
    }

    internal static void CheckLength(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
    }

    private static void CheckDestination(Span<byte> destination)
    {
        if (destination.Length < PreimageSize)
        {
            throw new ArgumentException($"A preimage needs {PreimageSize} bytes; the destination has {destination.Length}.", nameof(destination));
        }
    }

    private static Span<byte> At(byte[] values, int place) => values.AsSpan(place * PreimageSize, PreimageSize);

    private void Read(long index, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int segment = (int)(index - 1) / _stride;
        int start = segment * _stride;
        if (start != _segmentStart)
        {
            Expand(segment, start);
        }

        At(_segment, (int)(index - 1) - start).CopyTo(destination);
    }

    // Releases mostly go upwards, where the next value cannot be computed from the last: one segment at a time is kept unrolled.
    private void Expand(int segment, int start)
    {
        int last = Math.Min(_stride, Length - start) - 1;
        _checkpoints.Read(this).Slice(segment * PreimageSize, PreimageSize).CopyTo(At(_segment, last));
        for (int i = last; i > 0; i--)
        {
            SHA256.HashData(At(_segment, i), At(_segment, i - 1));
        }

        _segmentStart = start;
    }
}
