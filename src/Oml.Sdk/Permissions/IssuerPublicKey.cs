using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.Cose;

namespace Oml.Sdk.Permissions;

/// <summary>The key that checks an issuer's signatures: P-256 (ES256), P-384 (ES384), RSA (PS256) or, where the platform has it, ML-DSA.</summary>
/// <remarks>
/// Immutable and thread-safe: any number of threads can verify with it at once. It keeps a few native key handles, one for
/// each processor that verifies at the same time, which are freed when it is collected; there is nothing to dispose. The key
/// alone decides the algorithm and the curve. It is public information, not a secret.
/// </remarks>
public sealed partial class IssuerPublicKey : IEquatable<IssuerPublicKey>
{
    /// <summary>The smallest RSA modulus, in bits: 2048.</summary>
    public const int MinRsaBits = IssuerKeyReader.MinRsaBits;

    /// <summary>The largest RSA modulus, in bits: 8192. Larger ones make every verification slow.</summary>
    public const int MaxRsaBits = IssuerKeyReader.MaxRsaBits;

    private readonly byte[] _subjectPublicKeyInfo;
    private readonly byte[] _keyId;
    private readonly VerificationKeyPool _pool;

    internal IssuerPublicKey(byte[] subjectPublicKeyInfo, PermissionAlgorithm algorithm, KeyThumbprint thumbprint, int signatureBytes)
    {
        _subjectPublicKeyInfo = subjectPublicKeyInfo;
        _keyId = thumbprint.ToArray();
        _pool = new VerificationKeyPool(subjectPublicKeyInfo, algorithm);
        Algorithm = algorithm;
        Thumbprint = thumbprint;
        SignatureBytes = signatureBytes;
        DefaultIssuerName = thumbprint.ToUri();
    }

    /// <summary>The one algorithm that this key verifies.</summary>
    public PermissionAlgorithm Algorithm { get; }

    /// <summary>The <c>kid</c> of its tokens: the COSE Key Thumbprint with SHA-256 (RFC 9679), 32 bytes.</summary>
    public ReadOnlyMemory<byte> KeyId => _keyId;

    /// <summary>
    /// The issuer name that follows from the key alone: the COSE Key Thumbprint URI
    /// <c>urn:ietf:params:oauth:ckt:sha-256:…</c> (RFC 9679, "COSE Key Thumbprint URIs").
    /// </summary>
    public string DefaultIssuerName { get; }

    internal KeyThumbprint Thumbprint { get; }

    internal int SignatureBytes { get; }

    /// <summary>Reads a DER SubjectPublicKeyInfo (RFC 5280 §4.1).</summary>
    /// <param name="subjectPublicKeyInfo">The whole structure and nothing after it.</param>
    /// <returns>The key.</returns>
    /// <exception cref="CryptographicException">
    /// The bytes are no such structure, the curve is neither P-256 nor P-384, the RSA modulus is outside 2048 to 8192 bits, or
    /// the RSA exponent is even or outside 65537 to 2^32 − 1.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">The key is one of ML-DSA, and the platform has none.</exception>
    public static IssuerPublicKey ImportSubjectPublicKeyInfo(ReadOnlySpan<byte> subjectPublicKeyInfo) =>
        IssuerKeyReader.ReadPublic(subjectPublicKeyInfo);

    /// <summary>Reads a PEM text with exactly one <c>PUBLIC KEY</c> block (RFC 7468 §13).</summary>
    /// <param name="pem">The text; what surrounds the block is ignored.</param>
    /// <returns>The key.</returns>
    /// <exception cref="CryptographicException">
    /// There is no such block, there are several, or <see cref="ImportSubjectPublicKeyInfo"/> refuses its contents.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">The key is one of ML-DSA, and the platform has none.</exception>
    public static IssuerPublicKey ImportFromPem(ReadOnlySpan<char> pem)
    {
        byte[] bytes = SinglePemBlock.Read(pem, SinglePemBlock.PublicKey);
        return ImportSubjectPublicKeyInfo(bytes);
    }

    /// <summary>Writes the DER SubjectPublicKeyInfo (RFC 5280 §4.1).</summary>
    /// <returns>A copy; equal keys give equal bytes.</returns>
    public byte[] ExportSubjectPublicKeyInfo() => [.. _subjectPublicKeyInfo];

    /// <summary>Writes the PEM form, a <c>PUBLIC KEY</c> block (RFC 7468 §13).</summary>
    /// <returns>The text.</returns>
    public string ExportSubjectPublicKeyInfoPem() => PemEncoding.WriteString(SinglePemBlock.PublicKey, _subjectPublicKeyInfo);

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] IssuerPublicKey? other) => other is not null && Thumbprint == other.Thumbprint;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as IssuerPublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Thumbprint.GetHashCode();

    /// <summary>The algorithm and the thumbprint URI.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Algorithm} {DefaultIssuerName}";

    /// <summary>Whether the signature of a message is this key's.</summary>
    internal bool Verify(CoseSign1Message message)
    {
        VerificationKey key = _pool.Rent();
        bool verified = message.VerifyEmbedded(key.CoseKey, ReadOnlySpan<byte>.Empty);

        // Not in a finally: a key whose verification threw is left to its finalizer rather than lent again.
        _pool.Return(key);
        return verified;
    }
}
