using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>SHA-256 applied again and again.</summary>
internal static class HashChain
{
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>Replaces a value by what it hashes to after some steps.</summary>
    public static void Descend(Span<byte> value, long steps)
    {
        for (; steps > 0; steps--)
        {
            SHA256.HashData(value, value);
        }
    }

    /// <summary>Whether a value hashes to another after some steps.</summary>
    public static bool Leads(ReadOnlySpan<byte> from, long steps, ReadOnlySpan<byte> to)
    {
        Span<byte> value = stackalloc byte[Size];
        from.CopyTo(value);
        Descend(value, steps);
        return value.SequenceEqual(to);
    }
}
