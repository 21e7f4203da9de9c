using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>Signs permissions with a publisher's private key (docs/spec/permission.md).</summary>
/// <remarks>
/// Thread-safe: signatures are made one after another. It owns the private key and frees it when it is disposed. Nothing of the
/// key appears in a message, in <see cref="ToString"/> or in a token.
/// </remarks>
public sealed class PermissionIssuer : IDisposable
{
    private readonly IssuerPrivateKey _key;
    private readonly TimeProvider _timeProvider;
    private readonly byte[] _protectedHeaders;

    private PermissionIssuer(SigningKey key, string? name, TimeProvider? timeProvider)
    {
        _key = new IssuerPrivateKey(key);
        _timeProvider = timeProvider ?? TimeProvider.System;
        _protectedHeaders = PermissionEncoder.Protected(_key.PublicKey, PermissionEncoder.TokenType);
        Name = name ?? _key.PublicKey.DefaultIssuerName;
    }

    /// <summary>The name that verifiers trust it by: the <c>iss</c> claim.</summary>
    public string Name { get; }

    /// <summary>What verifiers need.</summary>
    public IssuerPublicKey PublicKey => _key.PublicKey;

    /// <summary>Whether this machine can sign and verify with an algorithm. ES256, ES384 and PS256 are everywhere.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <returns>False for ML-DSA where the platform has none (on Linux, OpenSSL before 3.5), and for what is no algorithm.</returns>
    public static bool IsSupported(PermissionAlgorithm algorithm) =>
        Enum.IsDefined(algorithm) && (!MLDsaKeys.Is(algorithm) || MLDsa.IsSupported);

    /// <summary>Makes a new key.</summary>
    /// <param name="algorithm">How to sign. An RSA key gets 3072 bits.</param>
    /// <param name="name">The issuer's name, 1 to 512 bytes of UTF-8; null for <see cref="IssuerPublicKey.DefaultIssuerName"/>.</param>
    /// <param name="timeProvider">The clock for <c>iat</c>; null for the system's.</param>
    /// <returns>The issuer.</returns>
    /// <exception cref="ArgumentException">The name breaks a rule, or the algorithm does not exist.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform has no ML-DSA, see <see cref="IsSupported"/>.</exception>
    public static PermissionIssuer Create(
        PermissionAlgorithm algorithm = PermissionAlgorithm.ES256, string? name = null, TimeProvider? timeProvider = null)
    {
        CheckName(name);
        SigningKey key = algorithm switch
        {
            PermissionAlgorithm.ES256 => new ClassicalSigningKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)),
            PermissionAlgorithm.ES384 => new ClassicalSigningKey(ECDsa.Create(ECCurve.NamedCurves.nistP384)),
            PermissionAlgorithm.PS256 => new ClassicalSigningKey(RSA.Create(3072)),
            _ when MLDsaKeys.Is(algorithm) => new MLDsaSigningKey(MLDsaKeys.Generate(algorithm)),
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "The algorithm is ES256, ES384, PS256 or one of ML-DSA."),
        };
        return new(key, name, timeProvider);
    }

    /// <summary>Reads a key in clear: DER PKCS#8 (RFC 5958).</summary>
    /// <param name="pkcs8">The whole structure and nothing after it. The caller clears it.</param>
    /// <param name="name">The issuer's name, 1 to 512 bytes of UTF-8; null for <see cref="IssuerPublicKey.DefaultIssuerName"/>.</param>
    /// <param name="timeProvider">The clock for <c>iat</c>; null for the system's.</param>
    /// <returns>The issuer.</returns>
    /// <exception cref="CryptographicException">
    /// It is no such key, or <see cref="IssuerPublicKey"/> would refuse its public half.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">The key is one of ML-DSA, and the platform has none.</exception>
    /// <exception cref="ArgumentException">The name breaks a rule.</exception>
    public static PermissionIssuer ImportPkcs8PrivateKey(
        ReadOnlySpan<byte> pkcs8, string? name = null, TimeProvider? timeProvider = null)
    {
        CheckName(name);
        return new(IssuerPrivateKeyReader.Read(pkcs8), name, timeProvider);
    }

    /// <summary>Reads a key in clear from a PEM text with exactly one <c>PRIVATE KEY</c> block (RFC 7468 §10).</summary>
    /// <param name="pem">The text. The caller clears it.</param>
    /// <param name="name">The issuer's name, 1 to 512 bytes of UTF-8; null for <see cref="IssuerPublicKey.DefaultIssuerName"/>.</param>
    /// <param name="timeProvider">The clock for <c>iat</c>; null for the system's.</param>
    /// <returns>The issuer.</returns>
    /// <exception cref="CryptographicException">There is no such block, there are several, or the key is refused.</exception>
    /// <exception cref="PlatformNotSupportedException">The key is one of ML-DSA, and the platform has none.</exception>
    /// <exception cref="ArgumentException">The name breaks a rule.</exception>
    public static PermissionIssuer ImportFromPem(ReadOnlySpan<char> pem, string? name = null, TimeProvider? timeProvider = null)
    {
        CheckName(name);
        byte[] pkcs8 = SinglePemBlock.Read(pem, SinglePemBlock.PrivateKey);
        try
        {
            return new(IssuerPrivateKeyReader.Read(pkcs8), name, timeProvider);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Reads an encrypted key from a PEM text with exactly one <c>ENCRYPTED PRIVATE KEY</c> block (RFC 7468 §11).</summary>
    /// <param name="pem">The text.</param>
    /// <param name="password">The password. The caller clears it.</param>
    /// <param name="name">The issuer's name, 1 to 512 bytes of UTF-8; null for <see cref="IssuerPublicKey.DefaultIssuerName"/>.</param>
    /// <param name="timeProvider">The clock for <c>iat</c>; null for the system's.</param>
    /// <returns>The issuer.</returns>
    /// <exception cref="CryptographicException">
    /// There is no such block, there are several, the password is wrong, or the key is refused.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">The key is one of ML-DSA, and the platform has none.</exception>
    /// <exception cref="ArgumentException">The name breaks a rule.</exception>
    public static PermissionIssuer ImportFromEncryptedPem(
        ReadOnlySpan<char> pem, ReadOnlySpan<char> password, string? name = null, TimeProvider? timeProvider = null)
    {
        CheckName(name);
        byte[] encrypted = SinglePemBlock.Read(pem, SinglePemBlock.EncryptedPrivateKey);
        return new(IssuerPrivateKeyReader.ReadEncrypted(encrypted, password), name, timeProvider);
    }

    /// <summary>Writes the private key, encrypted with a password, as PEM: PBES2 with AES-256-CBC, 600,000 rounds of PBKDF2.</summary>
    /// <param name="password">A password that is not empty. The caller clears it.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ArgumentException"><paramref name="password"/> is empty.</exception>
    /// <exception cref="ObjectDisposedException">The issuer was disposed.</exception>
    public string ExportEncryptedPkcs8PrivateKeyPem(ReadOnlySpan<char> password) => password.IsEmpty
        ? throw new ArgumentException("An empty password protects nothing.", nameof(password))
        : _key.ExportEncryptedPem(password);

    /// <summary>Writes the private key in clear as PEM. Whoever reads it can issue permissions.</summary>
    /// <returns>The text, in an array that the caller clears when it is done.</returns>
    /// <exception cref="ObjectDisposedException">The issuer was disposed.</exception>
    public char[] ExportUnencryptedPkcs8PrivateKeyPem() => _key.ExportPem();

    /// <summary>Signs a permission.</summary>
    /// <param name="request">What it says.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">
    /// The request breaks a rule that its properties state, or the token would be longer than the
    /// <see cref="CosePermissionVerifierOptions.DefaultMaxTokenBytes"/> that verifiers accept by default.
    /// </exception>
    /// <exception cref="InvalidOperationException">The clock is before 1970.</exception>
    /// <exception cref="ObjectDisposedException">The issuer was disposed.</exception>
    public byte[] Issue(PermissionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SignPermission(request, PermissionDraft.Create(request, _timeProvider.GetUtcNow()), null);
    }

    /// <summary>The algorithm and the name; never the key.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{PublicKey.Algorithm} {Name}";

    /// <summary>Frees the private key. Disposing again does nothing.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>Signs a permission that comes from another one.</summary>
    internal byte[] Delegate(PermissionRequest request, ReadOnlyMemory<byte> parent, ulong fingerprintId)
    {
        PermissionDraft draft = PermissionDraft.Create(request, _timeProvider.GetUtcNow());
        return SignPermission(request, request.FingerprintId is null ? draft with { FingerprintId = fingerprintId } : draft, parent);
    }

    internal TimeProvider Time => _timeProvider;

    /// <summary>Signs another kind of statement than a permission: a COSE_Sign1 in the same strict form, with another <c>typ</c>.</summary>
    internal byte[] SignMessage(ReadOnlySpan<byte> type, byte[] payload) => Sign(PermissionEncoder.Protected(PublicKey, type), payload);

    private byte[] SignPermission(PermissionRequest request, PermissionDraft draft, ReadOnlyMemory<byte>? parent)
    {
        byte[] token = Sign(_protectedHeaders, PermissionEncoder.Claims(draft, Name, parent));
        return token.Length <= CosePermissionVerifierOptions.DefaultMaxTokenBytes ? token : throw new ArgumentException(
            $"The token would be {token.Length} bytes long; verifiers accept {CosePermissionVerifierOptions.DefaultMaxTokenBytes}. " +
            "Use fewer or shorter scopes, or an algorithm with shorter signatures.", nameof(request));
    }

    private byte[] Sign(byte[] protectedHeaders, byte[] payload) => PermissionEncoder.Token(
        protectedHeaders, payload, _key.Sign(PermissionEncoder.SignatureInput(protectedHeaders, payload)));

    private static void CheckName(string? name)
    {
        if (name is not null)
        {
            ClaimText.Check(name, PermissionLimits.MaxIssuerBytes, "The issuer's name", nameof(name));
        }
    }
}
