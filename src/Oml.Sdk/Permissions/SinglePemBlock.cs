using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>Reads a PEM text (RFC 7468) that must hold exactly one block of a label.</summary>
internal static class SinglePemBlock
{
    public const string PublicKey = "PUBLIC KEY";
    public const string PrivateKey = "PRIVATE KEY";
    public const string EncryptedPrivateKey = "ENCRYPTED PRIVATE KEY";

    /// <summary>The decoded contents of the block.</summary>
    /// <exception cref="CryptographicException">There is no block of the label, or there are several.</exception>
    public static byte[] Read(ReadOnlySpan<char> pem, string label)
    {
        byte[]? found = null;
        string? otherLabel = null;
        while (PemEncoding.TryFind(pem, out PemFields fields))
        {
            ReadOnlySpan<char> foundLabel = pem[fields.Label];
            if (!foundLabel.SequenceEqual(label))
            {
                otherLabel = foundLabel.Length <= 64 ? foundLabel.ToString() : "of an unknown kind";
            }
            else if (found is not null)
            {
                CryptographicOperations.ZeroMemory(found);
                throw new CryptographicException($"The PEM text has more than one {label} block; give one that has a single key.");
            }
            else
            {
                found = new byte[fields.DecodedDataLength];
                if (!Convert.TryFromBase64Chars(pem[fields.Base64Data], found, out int written) || written != found.Length)
                {
                    throw new CryptographicException($"The {label} block is not valid base64.");
                }
            }

            pem = pem[fields.Location.End..];
        }

        return found ?? throw new CryptographicException(otherLabel is null
            ? $"The text has no {label} PEM block."
            : $"The text has no {label} PEM block, but one that is {otherLabel}.");
    }
}
