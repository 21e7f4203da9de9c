using System.Security.Cryptography;

namespace Oml.Sdk.Sealing;

/// <summary>A licensee's private key as it is kept: the scalar and the public point (docs/spec/keys.md §3).</summary>
internal static class LicenseeKeySecret
{
    public const int Size = P256Point.CoordinateSize + P256Point.Size;

    public static void Write(ECDiffieHellman key, Span<byte> destination)
    {
        byte[]? scalar = null;
        try
        {
            scalar = key.ExportParameters(includePrivateParameters: true).D!;
            scalar.CopyTo(destination);
            P256Point.Write(key, destination[P256Point.CoordinateSize..]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    /// <summary>Reads a key; the caller owns it.</summary>
    /// <exception cref="CryptographicException">The scalar or the point is not of P-256, or they do not belong together.</exception>
    public static ECDiffieHellman Read(ReadOnlySpan<byte> bytes)
    {
        byte[] scalar = bytes[..P256Point.CoordinateSize].ToArray();
        try
        {
            return ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                D = scalar,
                Q = P256Point.Read(bytes[P256Point.CoordinateSize..]),
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }
}
