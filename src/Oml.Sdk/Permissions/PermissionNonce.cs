using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>The <c>cti</c> claim of a permission (RFC 8392 §3.1.7): 16 random bytes. With the issuer it is the replay key.</summary>
public readonly struct PermissionNonce : IEquatable<PermissionNonce>
{
    /// <summary>The length in bytes: 16.</summary>
    public const int Size = 16;

    private readonly UInt128 _value;

    /// <summary>Creates a nonce from its 16 bytes.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 16 bytes long.</exception>
    public PermissionNonce(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A nonce is {Size} bytes long; got {bytes.Length}.", nameof(bytes));
        }

        _value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>Draws a nonce from the system's cryptographic generator.</summary>
    /// <returns>A nonce that nobody has seen.</returns>
    public static PermissionNonce CreateRandom()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return new PermissionNonce(bytes);
    }

    /// <summary>Writes the 16 bytes.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, _value);

    /// <inheritdoc/>
    public bool Equals(PermissionNonce other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is PermissionNonce other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>The 32 lower-case hexadecimal digits.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => _value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether two nonces are the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(PermissionNonce left, PermissionNonce right) => left.Equals(right);

    /// <summary>Whether two nonces differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(PermissionNonce left, PermissionNonce right) => !left.Equals(right);
}
