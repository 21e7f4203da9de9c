using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Sealing;

/// <summary>Encrypts a key with a password and writes it as PEM (docs/spec/keys.md §3).</summary>
internal static class EncryptedKey
{
    public const string PemLabel = "OML ENCRYPTED KEY";

    // OWASP's 2023 figure for PBKDF2 with HMAC-SHA-512 is 210,000.
    public const int DefaultIterations = 600_000;

    private const int EncryptionKeySize = 32;

    /// <exception cref="ArgumentException">The password is empty or no valid Unicode.</exception>
    public static string Write(
        EncryptedKeyKind kind, ReadOnlySpan<byte> secret, ReadOnlySpan<char> password, int iterations = DefaultIterations)
    {
        EncryptedKeyBody body = new(
            kind,
            iterations,
            RandomNumberGenerator.GetBytes(EncryptedKeyBody.SaltSize),
            RandomNumberGenerator.GetBytes(EncryptedKeyBody.NonceSize),
            new byte[secret.Length + EncryptedKeyBody.TagSize]);
        using (AesGcm aes = Cipher(body, password))
        {
            Span<byte> ciphertext = body.Ciphertext;
            aes.Encrypt(body.Nonce, secret, ciphertext[..secret.Length], ciphertext[secret.Length..], body.EncodeAssociatedData());
        }

        return PemEncoding.WriteString(PemLabel, body.Encode());
    }

    /// <summary>Reads a key; the caller disposes it.</summary>
    /// <exception cref="ArgumentException">The password is empty or no valid Unicode.</exception>
    /// <exception cref="CryptographicException">The text holds no such key, the password is wrong, or the text was altered.</exception>
    public static SecretBytes Read(EncryptedKeyKind kind, ReadOnlySpan<char> pem, ReadOnlySpan<char> password)
    {
        EncryptedKeyBody body = EncryptedKeyBody.Read(SinglePemBlock.Read(pem, PemLabel), kind);
        using AesGcm aes = Cipher(body, password);
        Span<byte> secret = stackalloc byte[EncryptedKeyBody.SecretSize(kind)];
        try
        {
            ReadOnlySpan<byte> ciphertext = body.Ciphertext;
            aes.Decrypt(body.Nonce, ciphertext[..secret.Length], ciphertext[secret.Length..], secret, body.EncodeAssociatedData());
            return new SecretBytes(secret);
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new CryptographicException(
                "The encrypted key cannot be opened: the password is wrong, or the text was altered. Try the password again, or " +
                "restore the text from a copy.",
                exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static AesGcm Cipher(EncryptedKeyBody body, ReadOnlySpan<char> password)
    {
        if (password.IsEmpty)
        {
            throw new ArgumentException("An empty password protects nothing.", nameof(password));
        }

        // The platform's own conversion would quote a character of the password when it is no valid Unicode.
        byte[] utf8 = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetMaxByteCount(password.Length), pinned: true);
        Span<byte> key = stackalloc byte[EncryptionKeySize];
        try
        {
            if (Utf8.FromUtf16(password, utf8, out _, out int written, replaceInvalidSequences: false) != OperationStatus.Done)
            {
                throw new ArgumentException("The password is no valid Unicode: it has half of a surrogate pair.", nameof(password));
            }

            Rfc2898DeriveBytes.Pbkdf2(utf8.AsSpan(0, written), body.Salt, key, body.Iterations, HashAlgorithmName.SHA512);
            return new AesGcm(key, EncryptedKeyBody.TagSize);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
