using System.Formats.Cbor;
using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>The cnf claim (RFC 8747): a P-256 key as <c>{1: {1: 2, -1: 1, -2: x, -3: y}}</c>, and nothing else.</summary>
internal static class ConfirmationClaim
{
    private const int Coordinate = 32;
    private const int XAt = 10;
    private const int YAt = XAt + Coordinate + 3;
    private const int Length = YAt + Coordinate;

    // cnf with a COSE_Key; kty: EC2, crv: P-256; then x and y as byte strings of 32.
    private static ReadOnlySpan<byte> BeforeX => [0xA1, 0x01, 0xA4, 0x01, 0x02, 0x20, 0x01, 0x21, 0x58, Coordinate];

    private static ReadOnlySpan<byte> BeforeY => [0x22, 0x58, Coordinate];

    // SubjectPublicKeyInfo of an uncompressed point on P-256 (RFC 5480), up to the coordinates.
    private static ReadOnlySpan<byte> PublicKeyInfo =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
        0x03, 0x42, 0x00, 0x04,
    ];

    /// <summary>Reads the claim; null when it confirms in a way that this version does not know.</summary>
    /// <exception cref="MalformedTokenException">It is no deterministic CBOR, or its point is not on the curve.</exception>
    public static IssuerPublicKey? Read(CborReader reader)
    {
        ReadOnlyMemory<byte> claim = reader.ReadEncodedValue();
        StrictCbor.Skip(StrictCbor.Open(claim));
        ReadOnlySpan<byte> bytes = claim.Span;
        if (bytes.Length != Length || !bytes.StartsWith(BeforeX) || !bytes[(YAt - BeforeY.Length)..].StartsWith(BeforeY))
        {
            return null;
        }

        try
        {
            return IssuerPublicKey.ImportSubjectPublicKeyInfo([.. PublicKeyInfo, .. bytes.Slice(XAt, Coordinate), .. bytes[YAt..]]);
        }
        catch (CryptographicException)
        {
            throw new MalformedTokenException("its key is not a point of P-256");
        }
    }

    /// <summary>Writes the claim of an ES256 key.</summary>
    public static void Write(CborWriter writer, IssuerPublicKey key)
    {
        ReadOnlySpan<byte> point = key.ExportSubjectPublicKeyInfo().AsSpan(PublicKeyInfo.Length);
        writer.WriteEncodedValue([.. BeforeX, .. point[..Coordinate], .. BeforeY, .. point[Coordinate..]]);
    }
}
