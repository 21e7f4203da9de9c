using System.Security.Cryptography;
using System.Security.Cryptography.Cose;

namespace Oml.Sdk.Permissions;

/// <summary>The private key of an issuer, bound to one algorithm. Thread-safe: one operation at a time.</summary>
internal sealed class IssuerPrivateKey : IDisposable
{
    // OWASP's 2023 figure for PBKDF2 with HMAC-SHA-256.
    private static readonly PbeParameters Encryption =
        new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 600_000);

    private readonly Lock _gate = new();
    private readonly SigningKey _key;
    private bool _isDisposed;

    /// <summary>Takes ownership of a key, also when it is refused.</summary>
    /// <exception cref="CryptographicException">The key is not good enough, or its public half belongs to another key.</exception>
    public IssuerPrivateKey(SigningKey key)
    {
        _key = key;
        try
        {
            PublicKey = IssuerPublicKey.ImportSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo());
            CheckPair();
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public IssuerPublicKey PublicKey { get; }

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(PermissionIssuer));
            return _key.Sign(data, PublicKey.Algorithm);
        }
    }

    public string ExportEncryptedPem(ReadOnlySpan<char> password)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(PermissionIssuer));
            return _key.ExportEncryptedPkcs8PrivateKeyPem(password, Encryption);
        }
    }

    public char[] ExportPem()
    {
        byte[] pkcs8;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(PermissionIssuer));
            pkcs8 = _key.ExportPkcs8PrivateKey();
        }

        try
        {
            return PemEncoding.Write(SinglePemBlock.PrivateKey, pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _key.Dispose();
        }
    }

    // A damaged PKCS#8 file can hold a public half that is not the private one's: its tokens would never verify.
    private void CheckPair()
    {
        byte[] headers = PermissionEncoder.Protected(PublicKey, "application/oml-key-check"u8);
        byte[] probe = PermissionEncoder.Token(headers, [], Sign(PermissionEncoder.SignatureInput(headers, [])));
        if (!PublicKey.Verify(CoseMessage.DecodeSign1(probe)))
        {
            throw new CryptographicException("The private key does not match the public key that is stored with it.");
        }
    }
}
