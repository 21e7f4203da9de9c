using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>The default number of a licensee, which output fingerprints carry.</summary>
/// <remarks>Thread-safe. Anybody who knows the licensee's name can compute the number: it is an identifier, not a secret.</remarks>
public static class FingerprintIds
{
    /// <summary>Derives the number from the licensee's name.</summary>
    /// <param name="licensee">The name, exactly as in the permission: it is neither trimmed nor normalised.</param>
    /// <returns>
    /// The first 8 bytes, big-endian, of the SHA-256 of the name in UTF-8, with the top bit cleared: 0 to 2^63 − 1. Two of a
    /// million licensees share a number with probability 5 × 10⁻⁸.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="licensee"/> is empty, longer than 256 bytes of UTF-8, not valid Unicode, or has control characters.
    /// </exception>
    public static ulong FromLicensee(string licensee)
    {
        ClaimText.Check(licensee, PermissionLimits.MaxLicenseeBytes, "The licensee", nameof(licensee));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(ClaimText.GetBytes(licensee), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash) & PermissionLimits.MaxFingerprintId;
    }
}
