using System.Buffers.Binary;
using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Fingerprints;

/// <summary>A publisher's fingerprint key: 32 secret bytes from which the carrier of every licensee of every model is derived.</summary>
/// <remarks>
/// <para>Who holds it can embed, find and imitate every mark, so it stays with the publisher; a licensee's application gets the
/// <see cref="CarrierKey"/> of that licensee alone.</para>
/// <para>Thread-safe until it is disposed, which overwrites the bytes. It never prints them.</para>
/// </remarks>
public sealed class FingerprintKey : IDisposable
{
    /// <summary>The length in bytes: 32.</summary>
    public const int Size = 32;

    private readonly SecretBytes _bytes;

    // What HKDF extracts of the key, the same for every licensee: a trace derives a million of them.
    private readonly SecretBytes _extracted;

    private FingerprintKey(SecretBytes bytes)
    {
        _bytes = bytes;
        Span<byte> extracted = stackalloc byte[SHA256.HashSizeInBytes];
        try
        {
            HKDF.Extract(HashAlgorithmName.SHA256, bytes.Read(this), salt: default, extracted);
            _extracted = new SecretBytes(extracted);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(extracted);
        }
    }

    /// <summary>Draws a key from the operating system's random generator.</summary>
    /// <returns>A new key, which the caller disposes.</returns>
    public static FingerprintKey Generate()
    {
        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            RandomNumberGenerator.Fill(bytes);
            return new FingerprintKey(new SecretBytes(bytes));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Reads a key that <see cref="Export"/> wrote.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes; they are copied, and the caller clears the source.</param>
    /// <returns>The key, which the caller disposes.</returns>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static FingerprintKey Import(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new FingerprintKey(new SecretBytes(bytes))
        : throw new ArgumentException($"A fingerprint key is {Size} bytes long; got {bytes.Length}.", nameof(bytes));

    /// <summary>Writes the secret bytes, to be kept where secrets are kept.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes; the caller clears them after use.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public void Export(Span<byte> destination) => _bytes.CopyTo(destination, nameof(destination), this);

    /// <summary>Derives the key of one licensee's carrier in one model.</summary>
    /// <param name="subject">The model and the licensee.</param>
    /// <returns>The key, which the caller disposes.</returns>
    /// <remarks>
    /// HKDF-SHA-256 (RFC 5869) of this key without salt; info is the ASCII text <c>oml/carrier/v1</c>, the 32 bytes of the model id
    /// and the 8 bytes of the fingerprint id, big endian; 32 bytes of output.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public CarrierKey DeriveCarrierKey(FingerprintSubject subject)
    {
        Span<byte> derived = stackalloc byte[CarrierKey.Size];
        try
        {
            Derive(subject, derived);
            return CarrierKey.Import(derived);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Derives the key of one licensee's text watermarks in one model.</summary>
    /// <param name="subject">The model and the licensee.</param>
    /// <returns>The key, which the caller disposes.</returns>
    /// <remarks>As <see cref="DeriveCarrierKey"/>, with the ASCII text <c>oml/text/v1</c>.</remarks>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public TextKey DeriveTextKey(FingerprintSubject subject)
    {
        Span<byte> derived = stackalloc byte[TextKey.Size];
        try
        {
            DeriveText(subject, derived);
            return TextKey.Import(derived);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bytes.Dispose();
        _extracted.Dispose();
    }

    /// <summary>What <see cref="DeriveCarrierKey"/> derives, without an object: for going through many licensees.</summary>
    internal void Derive(FingerprintSubject subject, Span<byte> destination) => Derive("oml/carrier/v1"u8, subject, destination);

    /// <summary>What <see cref="DeriveTextKey"/> derives, without an object.</summary>
    internal void DeriveText(FingerprintSubject subject, Span<byte> destination) => Derive("oml/text/v1"u8, subject, destination);

    private void Derive(ReadOnlySpan<byte> label, FingerprintSubject subject, Span<byte> destination)
    {
        Span<byte> info = stackalloc byte[label.Length + ModelId.Size + sizeof(ulong)];
        label.CopyTo(info);
        subject.Model.CopyTo(info[label.Length..]);
        BinaryPrimitives.WriteUInt64BigEndian(info[(label.Length + ModelId.Size)..], subject.FingerprintId);
        HKDF.Expand(HashAlgorithmName.SHA256, _extracted.Read(this), destination, info);
    }
}
