using System.Security.Cryptography;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>The secret of one licensee's text watermarks in one model: 32 bytes derived from the publisher's <see cref="FingerprintKey"/>.</summary>
/// <remarks>
/// <para>A publisher may hand it to the licensee's application, which then marks with it; it says nothing of other licensees or
/// models. Every scheme takes keys of its own from it (HKDF-Expand of RFC 5869 with SHA-256, labels in docs/spec/fingerprint.md), so one
/// key serves them all.</para>
/// <para>Thread-safe until it is disposed, which overwrites the bytes. It never prints them.</para>
/// </remarks>
public sealed class TextKey : IDisposable
{
    /// <summary>The length in bytes: 32.</summary>
    public const int Size = 32;

    private readonly SecretBytes _bytes;

    private TextKey(SecretBytes bytes) => _bytes = bytes;

    /// <summary>Reads a key that <see cref="Export"/> wrote.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes; they are copied, and the caller clears the source.</param>
    /// <returns>The key, which the caller disposes.</returns>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static TextKey Import(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new TextKey(new SecretBytes(bytes))
        : throw new ArgumentException($"A text key is {Size} bytes long; got {bytes.Length}.", nameof(bytes));

    /// <summary>Writes the secret bytes.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes; the caller clears them after use.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public void Export(Span<byte> destination) => _bytes.CopyTo(destination, nameof(destination), this);

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    /// <summary>The bytes, for as long as the key lives.</summary>
    internal ReadOnlySpan<byte> Read() => _bytes.Read(this);

    /// <summary>Takes the key of one scheme from the bytes of a text key; the caller clears it.</summary>
    internal static void Expand(ReadOnlySpan<byte> textKey, ReadOnlySpan<byte> label, Span<byte> destination) =>
        HKDF.Expand(HashAlgorithmName.SHA256, textKey, destination, label);
}
