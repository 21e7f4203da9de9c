using System.Security.Cryptography;

namespace Oml.Sdk.Sealing;

/// <summary>A point of P-256 in its uncompressed form, the only one accepted: 04, x, y (SEC 1 §2.3.3; RFC 9180 §7.1.1).</summary>
internal static class P256Point
{
    public const int CoordinateSize = 32;
    public const int Size = 1 + (2 * CoordinateSize);

    private const byte Uncompressed = 4;

    /// <summary>Reads a point; the platform checks that it is on the curve.</summary>
    /// <exception cref="CryptographicException">It is no point of the curve in this form, or the one at infinity.</exception>
    public static ECPoint Read(ReadOnlySpan<byte> bytes)
    {
        ECPoint point = Split(bytes);
        using ECDiffieHellman check = Import(point);
        return point;
    }

    /// <summary>A public key that holds the point.</summary>
    /// <exception cref="CryptographicException">It is no point of the curve in this form, or the one at infinity.</exception>
    public static ECDiffieHellman ReadKey(ReadOnlySpan<byte> bytes) => Import(Split(bytes));

    public static void Write(ECDiffieHellman key, Span<byte> destination)
    {
        ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
        destination[0] = Uncompressed;
        point.X.CopyTo(destination[1..]);
        point.Y.CopyTo(destination[(1 + CoordinateSize)..]);
    }

    private static ECPoint Split(ReadOnlySpan<byte> bytes) => bytes.Length == Size && bytes[0] == Uncompressed
        ? new() { X = bytes.Slice(1, CoordinateSize).ToArray(), Y = bytes[(1 + CoordinateSize)..].ToArray() }
        : throw new CryptographicException($"The point is not {Size} bytes in uncompressed form.");

    private static ECDiffieHellman Import(ECPoint point) =>
        ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
}
