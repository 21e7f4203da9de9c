using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Sealing;

/// <summary>The public half of a licensee's key: a point of P-256, for which content keys are wrapped.</summary>
/// <remarks>
/// Immutable and thread-safe; there is nothing to dispose. It is public information, not a secret, but a publisher makes sure
/// that it comes from the licensee: whoever's key it is can open the model.
/// </remarks>
public sealed class LicenseePublicKey : IEquatable<LicenseePublicKey>
{
    // P-256 by name and an uncompressed point: of this one form only the point differs from key to key (RFC 5480 §2).
    private static readonly byte[] Header = Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d030107034200");

    private readonly byte[] _point;
    private readonly byte[] _thumbprint;

    internal LicenseePublicKey(ReadOnlySpan<byte> point)
    {
        ECParameters key = new() { Curve = ECCurve.NamedCurves.nistP256, Q = P256Point.Read(point) };
        KeyThumbprint thumbprint = KeyThumbprint.Compute(key, coseCurve: 1);
        _point = point.ToArray();
        _thumbprint = thumbprint.ToArray();
        ThumbprintUri = thumbprint.ToUri();
    }

    /// <summary>The COSE Key Thumbprint with SHA-256 (RFC 9679), 32 bytes.</summary>
    public ReadOnlyMemory<byte> Thumbprint => _thumbprint;

    /// <summary>
    /// The thumbprint as a URI, <c>urn:ietf:params:oauth:ckt:sha-256:…</c> (RFC 9679): what two people compare to see that they
    /// mean the same key.
    /// </summary>
    public string ThumbprintUri { get; }

    /// <summary>The uncompressed point.</summary>
    internal ReadOnlySpan<byte> Point => _point;

    /// <summary>Reads a DER SubjectPublicKeyInfo (RFC 5280 §4.1, RFC 5480 §2).</summary>
    /// <param name="subjectPublicKeyInfo">The whole structure and nothing after it: 91 bytes.</param>
    /// <returns>The key.</returns>
    /// <exception cref="CryptographicException">
    /// It is anything but id-ecPublicKey, P-256 by name and an uncompressed point on that curve, or bytes follow it.
    /// </exception>
    public static LicenseePublicKey ImportSubjectPublicKeyInfo(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        if (subjectPublicKeyInfo.Length != Header.Length + P256Point.Size || !subjectPublicKeyInfo.StartsWith(Header))
        {
            throw new CryptographicException(
                $"The public key of a licensee is a P-256 key with a named curve and an uncompressed point, " +
                $"{Header.Length + P256Point.Size} bytes; got {subjectPublicKeyInfo.Length} bytes that are not.");
        }

        try
        {
            return new(subjectPublicKeyInfo[Header.Length..]);
        }
        catch (CryptographicException exception)
        {
            throw new CryptographicException("The public key of the licensee is not a point of P-256.", exception);
        }
    }

    /// <summary>Reads a PEM text with exactly one <c>PUBLIC KEY</c> block (RFC 7468 §13).</summary>
    /// <param name="pem">The text; what surrounds the block is ignored.</param>
    /// <returns>The key.</returns>
    /// <exception cref="CryptographicException">
    /// There is no such block, there are several, or <see cref="ImportSubjectPublicKeyInfo"/> refuses its contents.
    /// </exception>
    public static LicenseePublicKey ImportFromPem(ReadOnlySpan<char> pem) =>
        ImportSubjectPublicKeyInfo(SinglePemBlock.Read(pem, SinglePemBlock.PublicKey));

    /// <summary>Writes the DER SubjectPublicKeyInfo (RFC 5280 §4.1).</summary>
    /// <returns>A copy, 91 bytes; equal keys give equal bytes.</returns>
    public byte[] ExportSubjectPublicKeyInfo() => [.. Header, .. _point];

    /// <summary>Writes the PEM form, a <c>PUBLIC KEY</c> block (RFC 7468 §13).</summary>
    /// <returns>The text.</returns>
    public string ExportSubjectPublicKeyInfoPem() => PemEncoding.WriteString(SinglePemBlock.PublicKey, ExportSubjectPublicKeyInfo());

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] LicenseePublicKey? other) => other is not null && Point.SequenceEqual(other.Point);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as LicenseePublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => KeyThumbprint.Read(_thumbprint).GetHashCode();

    /// <summary>The <see cref="ThumbprintUri"/>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => ThumbprintUri;
}
