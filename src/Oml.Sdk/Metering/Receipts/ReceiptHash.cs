using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Oml.Sdk.Metering.Receipts;

/// <summary>A SHA-256 (FIPS 180-4): of a receipt, of a tree of receipts, of inputs or outputs.</summary>
/// <remarks>Immutable and thread-safe. It is public information, not a secret; the default value is 32 zero bytes.</remarks>
public readonly struct ReceiptHash : IEquatable<ReceiptHash>
{
    /// <summary>The length in bytes: 32.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    /// <summary>Creates the hash from its 32 bytes.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    public ReceiptHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A hash is {Size} bytes long; got {bytes.Length}.", nameof(bytes));
        }

        _high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
    }

    /// <summary>Computes the plain SHA-256 of data, as digests of inputs and outputs are.</summary>
    /// <param name="data">Any bytes.</param>
    /// <returns>Their SHA-256.</returns>
    public static ReceiptHash Compute(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(data, hash);
        return new ReceiptHash(hash);
    }

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <param name="text">64 hexadecimal digits of either case.</param>
    /// <returns>The hash.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is anything else.</exception>
    public static ReceiptHash Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> bytes = stackalloc byte[Size];
        return text.Length == 2 * Size && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done
            ? new ReceiptHash(bytes)
            : throw new FormatException($"A hash is {2 * Size} hexadecimal digits; got {text.Length} characters that are not.");
    }

    /// <summary>Writes the 32 bytes.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Size)
        {
            throw new ArgumentException($"A hash needs {Size} bytes; the destination has {destination.Length}.", nameof(destination));
        }

        BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    /// <summary>The 32 bytes as a new array.</summary>
    /// <returns>A copy.</returns>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(ReceiptHash other) => _high == other._high && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is ReceiptHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _low.GetHashCode();

    /// <summary>The 64 lower-case hexadecimal digits.</summary>
    /// <returns>The text that <see cref="Parse"/> reads.</returns>
    public override string ToString() => Convert.ToHexStringLower(ToArray());

    /// <summary>Whether two hashes are the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(ReceiptHash left, ReceiptHash right) => left.Equals(right);

    /// <summary>Whether two hashes differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(ReceiptHash left, ReceiptHash right) => !left.Equals(right);
}
