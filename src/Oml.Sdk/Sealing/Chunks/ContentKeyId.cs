using System.Security.Cryptography;

namespace Oml.Sdk.Sealing.Chunks;

/// <summary>A commitment to a content key: HMAC-SHA-256 of a fixed text under it.</summary>
internal static class ContentKeyId
{
    public static byte[] Of(ReadOnlySpan<byte> key) => HMACSHA256.HashData(key, "oml content key id 1"u8);
}
