using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>Reads a text with one <c>PUBLIC KEY</c> block after the other (RFC 7468 §13).</summary>
internal static class PemKeySetReader
{
    private const string Begin = "-----BEGIN ";

    public static IssuerKeySet Read(ReadOnlySpan<char> pem, UnknownKeyHandling handling)
    {
        IssuerKeySetBuilder builder = new(handling);
        int left = pem.Count(Begin);
        while (PemEncoding.TryFind(pem, out PemFields fields))
        {
            string label = Name(pem[fields.Label]);
            byte[] contents = Decode(pem[fields.Base64Data], fields.DecodedDataLength);
            builder.Add(contents, bytes => Read(label, bytes));
            pem = pem[fields.Location.End..];
            left--;
        }

        // The platform passes over a block that has no end, as a file that is being written has.
        return left == 0 ? builder.Build() : throw new CryptographicException("The PEM text has a block that is cut off or otherwise malformed.");
    }

    private static ParsedKey Read(string label, byte[] contents)
    {
        if (label.EndsWith(SinglePemBlock.PrivateKey, StringComparison.Ordinal))
        {
            CryptographicOperations.ZeroMemory(contents);
            throw PrivateKeyText.Refusal("PEM block");
        }

        return label == SinglePemBlock.PublicKey
            ? new(IssuerPublicKey.ImportSubjectPublicKeyInfo(contents))
            : throw new UnsupportedKeyException($"The PEM block is {DenialText.Quote(label)}; use {SinglePemBlock.PublicKey}.");
    }

    private static string Name(ReadOnlySpan<char> label) => label.Length <= 64 ? label.ToString() : "of an unknown kind";

    private static byte[] Decode(ReadOnlySpan<char> base64, int length)
    {
        byte[] contents = new byte[length];
        return Convert.TryFromBase64Chars(base64, contents, out int written) && written == length
            ? contents
            : throw new CryptographicException("The PEM text has a block that is not valid base64.");
    }
}
