using System.Buffers.Binary;
using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Makes the green list of a scheme.</summary>
internal static class GreenLists
{
    /// <summary>Under a licensee's key; the schemes with a Mersenne Twister take a number from it.</summary>
    public static IGreenList Create(ReadOnlySpan<byte> textKey, KgwSettings settings)
    {
        if (settings.Scheme == KgwScheme.Aes)
        {
            return new AesGreenList(textKey, settings, KernelDispatch.Aes);
        }

        Span<byte> bytes = stackalloc byte[sizeof(long)];
        try
        {
            TextKey.Expand(textKey, "oml/text/kgw-hash/v1"u8, bytes);

            // Positive and odd: an even key would waste seeds.
            return Create((BinaryPrimitives.ReadInt64BigEndian(bytes) & long.MaxValue) | 1, settings);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Under a number, as the published implementations have it.</summary>
    public static IGreenList Create(long hashKey, KgwSettings settings) => settings.Scheme == KgwScheme.LeftHash
        ? new LeftHashGreenList(hashKey, settings)
        : new SelfHashGreenList(hashKey, settings);

    /// <summary>Refuses numbers that no scheme is keyed by.</summary>
    public static void CheckHashKey(long hashKey, KgwSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hashKey, 1);
        if (settings.Scheme == KgwScheme.Aes)
        {
            throw new ArgumentException(
                $"The scheme {KgwScheme.Aes} is keyed by a {nameof(TextKey)}; a number is the key of the published schemes.", nameof(hashKey));
        }
    }
}
