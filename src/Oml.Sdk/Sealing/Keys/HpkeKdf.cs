using System.Security.Cryptography;

namespace Oml.Sdk.Sealing;

/// <summary>LabeledExtract and LabeledExpand with HKDF-SHA256 (RFC 9180 §4).</summary>
internal static class HpkeKdf
{
    public const int HashSize = SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Version => "HPKE-v1"u8;

    /// <summary>HMAC over the parts one after another: the secret is not copied into a buffer first.</summary>
    public static void Extract(
        ReadOnlySpan<byte> suite, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> secret, Span<byte> destination)
    {
        using IncrementalHash hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, salt);
        hmac.AppendData(Version);
        hmac.AppendData(suite);
        hmac.AppendData(label);
        hmac.AppendData(secret);
        hmac.GetHashAndReset(destination[..HashSize]);
    }

    public static void Expand(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> suite, ReadOnlySpan<byte> label, ReadOnlySpan<byte> context, Span<byte> destination)
    {
        byte[] info = [(byte)(destination.Length >> 8), (byte)destination.Length, .. Version, .. suite, .. label, .. context];
        HKDF.Expand(HashAlgorithmName.SHA256, key, destination, info);
    }
}
