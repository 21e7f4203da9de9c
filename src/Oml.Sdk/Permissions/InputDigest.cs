using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Permissions;

/// <summary>What a permission that is good for one input is bound to: a SHA-256 over the names, types, shapes and elements of a call's inputs.</summary>
/// <remarks>
/// The bytes that are hashed are those of docs/spec/permission.md §5. Inputs with the same digest are the same inputs to a model,
/// whatever order they were added in. A digest of inputs that can be guessed tells whoever guesses them that they were right.
/// Immutable and thread-safe.
/// </remarks>
public readonly struct InputDigest : IEquatable<InputDigest>
{
    /// <summary>The length in bytes: 32.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    /// <summary>Creates a digest from its 32 bytes.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    public InputDigest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"An input digest is {Size} bytes long; got {bytes.Length}.", nameof(bytes));
        }

        _high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
    }

    /// <summary>Computes the digest of a call's inputs, where they are: nothing is copied, however large they are.</summary>
    /// <param name="inputs">The inputs, all that the call will bring.</param>
    /// <returns>The digest.</returns>
    /// <exception cref="InvalidInputException">A name or a string element is not valid Unicode.</exception>
    public static InputDigest Compute(InferenceInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        Span<byte> hash = stackalloc byte[Size];
        InputHasher.Hash(inputs, hash);
        return new InputDigest(hash);
    }

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <param name="text">64 hexadecimal digits of either case.</param>
    /// <returns>The digest.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is anything else.</exception>
    public static InputDigest Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> bytes = stackalloc byte[Size];
        return text.Length == 2 * Size && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done
            ? new InputDigest(bytes)
            : throw new FormatException($"An input digest is {2 * Size} hexadecimal digits; got {text.Length} characters that are not.");
    }

    /// <summary>The 32 bytes as a new array.</summary>
    /// <returns>A copy.</returns>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), _low);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(InputDigest other) => _high == other._high && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is InputDigest other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _low.GetHashCode();

    /// <summary>The 64 lower-case hexadecimal digits.</summary>
    /// <returns>The text that <see cref="Parse"/> reads.</returns>
    public override string ToString() => Convert.ToHexStringLower(ToArray());

    /// <summary>Whether two digests are the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(InputDigest left, InputDigest right) => left.Equals(right);

    /// <summary>Whether two digests differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(InputDigest left, InputDigest right) => !left.Equals(right);
}
