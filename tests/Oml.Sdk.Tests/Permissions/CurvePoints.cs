using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>Sums of points of P-256 and P-384 (SEC 2 §2.4.2, §2.5.1), which the platform does not offer. For tests: not constant-time.</summary>
internal sealed class CurvePoints
{
    private readonly ECCurve _curve;
    private readonly BigInteger _prime;
    private readonly int _size;

    private CurvePoints(ECCurve curve, string prime, string order)
    {
        _curve = curve;
        _prime = Parse(prime);
        _size = prime.Length / 2;
        Order = Parse(order);
    }

    public BigInteger Order { get; }

    public static CurvePoints Of(PermissionAlgorithm algorithm) => algorithm == PermissionAlgorithm.ES384
        ? new(
            ECCurve.NamedCurves.nistP384,
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF",
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973")
        : new(
            ECCurve.NamedCurves.nistP256,
            "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
            "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

    /// <summary>The point of a number from 1 to the order − 1.</summary>
    public ECPoint MultiplyBase(BigInteger factor)
    {
        using ECDsa key = ECDsa.Create(new ECParameters { Curve = _curve, D = DeterministicSigner.ToBytes(factor, _size) });
        return key.ExportParameters(includePrivateParameters: false).Q;
    }

    /// <summary>The sum of two points whose sum is not infinity.</summary>
    public ECPoint Add(ECPoint left, ECPoint right)
    {
        (BigInteger x1, BigInteger y1) = Coordinates(left);
        (BigInteger x2, BigInteger y2) = Coordinates(right);
        BigInteger slope = x1 == x2 ? ((3 * x1 * x1) - 3) * Invert(2 * y1) : (y2 - y1) * Invert(x2 - x1);
        BigInteger x = Reduce((slope * slope) - x1 - x2);
        BigInteger y = Reduce((slope * (x1 - x)) - y1);
        return new() { X = DeterministicSigner.ToBytes(x, _size), Y = DeterministicSigner.ToBytes(y, _size) };
    }

    private static BigInteger Parse(string hex) => BigInteger.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static (BigInteger X, BigInteger Y) Coordinates(ECPoint point) =>
        (DeterministicSigner.FromBytes(point.X), DeterministicSigner.FromBytes(point.Y));

    private BigInteger Invert(BigInteger value) => BigInteger.ModPow(Reduce(value), _prime - 2, _prime);

    private BigInteger Reduce(BigInteger value) => ((value % _prime) + _prime) % _prime;
}
