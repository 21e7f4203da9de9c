// The platform's ML-DSA is final, except for the methods that read and write standard structures.
#pragma warning disable SYSLIB5006
using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>Reads the private keys of issuers; whether one is good enough, its public half decides.</summary>
internal static class IssuerPrivateKeyReader
{
    /// <summary>Reads a private key; the caller owns the result.</summary>
    public static SigningKey Read(ReadOnlySpan<byte> pkcs8)
    {
        if (MLDsaKeys.FindInPkcs8(pkcs8) is { } algorithm)
        {
            MLDsaKeys.ThrowIfUnsupported(algorithm);
            return new MLDsaSigningKey(MLDsa.ImportPkcs8PrivateKey(pkcs8));
        }

        AsymmetricAlgorithm key = TryImport(ECDsa.Create(), pkcs8, out int read) ?? TryImport(RSA.Create(), pkcs8, out read)
            ?? throw new CryptographicException("The bytes are no PKCS#8 private key of an elliptic curve, of RSA or of ML-DSA.");
        return CheckEnd(key, read, pkcs8.Length);

        static AsymmetricAlgorithm? TryImport(AsymmetricAlgorithm empty, ReadOnlySpan<byte> pkcs8, out int read)
        {
            try
            {
                empty.ImportPkcs8PrivateKey(pkcs8, out read);
                return empty;
            }
            catch (CryptographicException)
            {
                empty.Dispose();
                read = 0;
                return null;
            }
        }
    }

    /// <summary>Reads an encrypted private key; the caller owns the result.</summary>
    public static SigningKey ReadEncrypted(ReadOnlySpan<byte> pkcs8, ReadOnlySpan<char> password)
    {
        AsymmetricAlgorithm? key = TryImport(ECDsa.Create(), pkcs8, password, out int read) ?? TryImport(RSA.Create(), pkcs8, password, out read);
        return key is not null ? CheckEnd(key, read, pkcs8.Length) : ReadEncryptedMLDsa(pkcs8, password);

        static AsymmetricAlgorithm? TryImport(
            AsymmetricAlgorithm empty, ReadOnlySpan<byte> pkcs8, ReadOnlySpan<char> password, out int read)
        {
            try
            {
                empty.ImportEncryptedPkcs8PrivateKey(password, pkcs8, out read);
                return empty;
            }
            catch (CryptographicException)
            {
                empty.Dispose();
                read = 0;
                return null;
            }
        }
    }

    // Last: what is inside is not known before it is decrypted, and each try costs the rounds of the password again.
    private static MLDsaSigningKey ReadEncryptedMLDsa(ReadOnlySpan<byte> pkcs8, ReadOnlySpan<char> password)
    {
        const string Unreadable = "The private key cannot be read: the password is wrong, or it is no key of an elliptic curve, of RSA or of ML-DSA";
        if (!MLDsa.IsSupported)
        {
            throw new CryptographicException($"{Unreadable}, the last of which this machine does not have.");
        }

        try
        {
            return new(MLDsa.ImportEncryptedPkcs8PrivateKey(password, pkcs8));
        }
        catch (CryptographicException)
        {
            throw new CryptographicException($"{Unreadable}.");
        }
    }

    private static ClassicalSigningKey CheckEnd(AsymmetricAlgorithm key, int read, int length)
    {
        if (read == length)
        {
            return new(key);
        }

        key.Dispose();
        throw new CryptographicException("The private key is followed by bytes that do not belong to it.");
    }
}
