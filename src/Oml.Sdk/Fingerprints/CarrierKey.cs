using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints;

/// <summary>The secret of one licensee's mark in one model: 32 bytes derived from the publisher's <see cref="FingerprintKey"/>.</summary>
/// <remarks>
/// <para>A publisher may hand it to the licensee's application, which then marks with it; it says nothing of other licensees or
/// models. The first 16 bytes are the AES-128 key of the static carrier, the last 16 that of the contextual one.</para>
/// <para>Thread-safe until it is disposed, which overwrites the bytes. It never prints them.</para>
/// </remarks>
public sealed class CarrierKey : IDisposable
{
    /// <summary>The length in bytes: 32.</summary>
    public const int Size = 32;

    private readonly SecretBytes _bytes;

    private CarrierKey(SecretBytes bytes) => _bytes = bytes;

    /// <summary>Reads a key that <see cref="Export"/> wrote.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes; they are copied, and the caller clears the source.</param>
    /// <returns>The key, which the caller disposes.</returns>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static CarrierKey Import(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new CarrierKey(new SecretBytes(bytes))
        : throw new ArgumentException($"A carrier key is {Size} bytes long; got {bytes.Length}.", nameof(bytes));

    /// <summary>Writes the secret bytes.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes; the caller clears them after use.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public void Export(Span<byte> destination) => _bytes.CopyTo(destination, nameof(destination), this);

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    /// <summary>A key of its own for another owner.</summary>
    internal CarrierKey Copy() => Import(_bytes.Read(this));

    /// <summary>Expands the key of the static carrier; the caller clears the schedule.</summary>
    internal void ExpandStatic(out AesKeySchedule schedule) => AesKeySchedule.Expand(_bytes.Read(this), out schedule);

    /// <summary>Expands the key of the contextual carrier; the caller clears the schedule.</summary>
    internal void ExpandContextual(out AesKeySchedule schedule) =>
        AesKeySchedule.Expand(_bytes.Read(this)[AesKeySchedule.KeySize..], out schedule);
}
