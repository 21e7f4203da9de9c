using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>A licensee's signing key: a permission that names it is of no use to whoever copies the permission alone.</summary>
/// <remarks>
/// The publisher puts <see cref="PublicKey"/> into <see cref="PermissionRequest.ConfirmationKey"/>; the licensee answers a challenge of
/// the model with <see cref="Prove"/>. It is another key than the <see cref="Sealing.LicenseeKey"/>, which decrypts. P-256, ES256.
/// Thread-safe. Disposing frees the key; nothing of it appears in a message or in <see cref="ToString"/>.
/// </remarks>
public sealed class PossessionKey : IDisposable
{
    private readonly PermissionIssuer _signer;
    private readonly TimeProvider _timeProvider;

    private PossessionKey(PermissionIssuer signer, TimeProvider? timeProvider)
    {
        _signer = signer;
        _timeProvider = timeProvider ?? TimeProvider.System;
    }

    /// <summary>What the publisher needs.</summary>
    public IssuerPublicKey PublicKey => _signer.PublicKey;

    /// <summary>Makes a new key.</summary>
    /// <param name="timeProvider">The clock for proofs; null for the system's.</param>
    /// <returns>The key.</returns>
    public static PossessionKey Create(TimeProvider? timeProvider = null) => new(PermissionIssuer.Create(timeProvider: timeProvider), timeProvider);

    /// <summary>Reads an encrypted key from a PEM text with exactly one <c>ENCRYPTED PRIVATE KEY</c> block (RFC 7468 §11).</summary>
    /// <param name="pem">The text.</param>
    /// <param name="password">The password. The caller clears it.</param>
    /// <param name="timeProvider">The clock for proofs; null for the system's.</param>
    /// <returns>The key.</returns>
    /// <exception cref="CryptographicException">There is no such block, there are several, the password is wrong, or it is no P-256 key.</exception>
    public static PossessionKey ImportFromEncryptedPem(ReadOnlySpan<char> pem, ReadOnlySpan<char> password, TimeProvider? timeProvider = null)
    {
        PermissionIssuer signer = PermissionIssuer.ImportFromEncryptedPem(pem, password, timeProvider: timeProvider);
        if (signer.PublicKey.Algorithm != PermissionAlgorithm.ES256)
        {
            signer.Dispose();
            throw new CryptographicException("The key is not one of P-256, which alone can prove possession.");
        }

        return new(signer, timeProvider);
    }

    /// <summary>Writes the private key, encrypted with a password, as PEM: PBES2 with AES-256-CBC, 600,000 rounds of PBKDF2.</summary>
    /// <param name="password">A password that is not empty. The caller clears it.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ArgumentException"><paramref name="password"/> is empty.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public string ExportEncryptedPkcs8PrivateKeyPem(ReadOnlySpan<char> password) => _signer.ExportEncryptedPkcs8PrivateKeyPem(password);

    /// <summary>Proves to a model that whoever presents a permission holds this key.</summary>
    /// <param name="permission">The permission as the publisher sent it; its signature is not checked.</param>
    /// <param name="challenge">What <see cref="OmlModel.CreateChallenge"/> returned, 32 bytes. It is good for one proof.</param>
    /// <param name="inputDigest">The only input that the session is to be good for; null for any.</param>
    /// <returns>The proof.</returns>
    /// <exception cref="ArgumentException"><paramref name="permission"/> is no permission, or <paramref name="challenge"/> no challenge.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public byte[] Prove(ReadOnlyMemory<byte> permission, ReadOnlySpan<byte> challenge, InputDigest? inputDigest = null)
    {
        if (challenge.Length != PossessionChallenges.Size)
        {
            throw new ArgumentException($"A challenge is {PossessionChallenges.Size} bytes long; got {challenge.Length}.", nameof(challenge));
        }

        PossessionProof proof = new(Read(permission).Nonce, challenge.ToArray(), _timeProvider.GetUtcNow().ToUnixTimeSeconds(), inputDigest);
        return _signer.SignMessage(PossessionProof.TokenType, proof.Encode());
    }

    /// <summary>Passes a permission that names this key on to somebody else, for no more than it allows.</summary>
    /// <param name="permission">The permission as it was received; its signature is not checked.</param>
    /// <param name="request">
    /// What the new permission says. Every claim may only narrow, and it must name a <see cref="PermissionRequest.ConfirmationKey"/>. Without a
    /// <see cref="PermissionRequest.FingerprintId"/> it gets the permission's, which is the only one that is accepted.
    /// </param>
    /// <returns>The token, which contains <paramref name="permission"/>. What it uses counts against the quotas of both.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="permission"/> is no permission, names another key or cannot be delegated; or <paramref name="request"/> breaks a rule or
    /// says more than the permission.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public byte[] Delegate(ReadOnlyMemory<byte> permission, PermissionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Permission parent = Read(permission);
        if (!PublicKey.Equals(parent.ConfirmationKey))
        {
            throw new ArgumentException("The permission does not name this key, so it is another's to delegate.", nameof(permission));
        }

        byte[] token = _signer.Delegate(request, permission, parent.FingerprintId);
        return PermissionNarrowing.Check(parent, Read(token)) is { } refusal
            ? throw new ArgumentException(refusal.Message, refusal.Reason == DenialReason.NotDelegable ? nameof(permission) : nameof(request))
            : token;
    }

    /// <summary>The thumbprint of the public key; nothing secret.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => PublicKey.DefaultIssuerName;

    /// <summary>Frees the private key. Disposing again does nothing.</summary>
    public void Dispose() => _signer.Dispose();

    private static Permission Read(ReadOnlyMemory<byte> permission)
    {
        try
        {
            TokenEnvelope envelope = TokenEnvelope.Read(permission);
            return envelope.IsPermission
                ? PermissionClaimsReader.Read(envelope.Payload).ToPermission()
                : throw new MalformedTokenException("it is another kind of token");
        }
        catch (MalformedTokenException exception)
        {
            throw new ArgumentException($"The bytes are not a permission: {exception.Message}.", nameof(permission), exception);
        }
    }
}
