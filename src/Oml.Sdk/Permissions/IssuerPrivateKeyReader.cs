using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>Reads the private keys of issuers; whether one is good enough, its public half decides.</summary>
internal static class IssuerPrivateKeyReader
{
    /// <summary>Reads a private key; the caller owns the result.</summary>
    public static AsymmetricAlgorithm Read(ReadOnlySpan<byte> pkcs8)
    {
        AsymmetricAlgorithm key = TryImport(ECDsa.Create(), pkcs8, out int read) ?? TryImport(RSA.Create(), pkcs8, out read)
            ?? throw new CryptographicException("The bytes are no PKCS#8 private key of an elliptic curve or of RSA.");
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
    public static AsymmetricAlgorithm ReadEncrypted(ReadOnlySpan<byte> pkcs8, ReadOnlySpan<char> password)
    {
        AsymmetricAlgorithm key = TryImport(ECDsa.Create(), pkcs8, password, out int read)
            ?? TryImport(RSA.Create(), pkcs8, password, out read)
            ?? throw new CryptographicException(
                "The private key cannot be read: the password is wrong, or it is no key of an elliptic curve or of RSA.");
        return CheckEnd(key, read, pkcs8.Length);

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

    private static AsymmetricAlgorithm CheckEnd(AsymmetricAlgorithm key, int read, int length)
    {
        if (read == length)
        {
            return key;
        }

        key.Dispose();
        throw new CryptographicException("The private key is followed by bytes that do not belong to it.");
    }
}
