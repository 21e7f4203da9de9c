using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Oml.Sdk;

/// <summary>
/// The identity of a model: the SHA-256 (FIPS 180-4) of the bytes of its plain model file, or of its sealed manifest.
/// </summary>
/// <remarks>
/// A permission names the model it is for by this value. External data files of a plain model are not covered by it; those of a
/// sealed model are, through the manifest. Immutable and thread-safe. It is public information, not a secret.
/// </remarks>
public readonly struct ModelId : IEquatable<ModelId>
{
    /// <summary>The length in bytes: 32.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    /// <summary>Creates the identity from its 32 bytes.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    public ModelId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A model id is {Size} bytes long; got {bytes.Length}.", nameof(bytes));
        }

        _high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
    }

    /// <summary>Computes the identity of a plain model file that is in memory.</summary>
    /// <param name="model">The bytes of the file.</param>
    /// <returns>Their SHA-256.</returns>
    public static ModelId Compute(ReadOnlySpan<byte> model)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(model, hash);
        return new ModelId(hash);
    }

    /// <summary>Computes the identity of a plain model file that is read from a stream, from where the stream stands to its end.</summary>
    /// <param name="model">A readable stream; it stays open.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The SHA-256 of what was read.</returns>
    public static async ValueTask<ModelId> ComputeAsync(Stream model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        byte[] hash = await SHA256.HashDataAsync(model, cancellationToken).ConfigureAwait(false);
        return new ModelId(hash);
    }

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <param name="text">64 hexadecimal digits of either case.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is anything else.</exception>
    public static ModelId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> bytes = stackalloc byte[Size];
        return text.Length == 2 * Size && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done
            ? new ModelId(bytes)
            : throw new FormatException($"A model id is {2 * Size} hexadecimal digits; got {text.Length} characters that are not.");
    }

    /// <summary>Writes the 32 bytes of the identity.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Size)
        {
            throw new ArgumentException($"A model id needs {Size} bytes; the destination has {destination.Length}.", nameof(destination));
        }

        BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    /// <summary>The 32 bytes of the identity as a new array.</summary>
    /// <returns>A copy.</returns>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(ModelId other) => _high == other._high && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is ModelId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _low.GetHashCode();

    /// <summary>The 64 lower-case hexadecimal digits.</summary>
    /// <returns>The text that <see cref="Parse"/> reads.</returns>
    public override string ToString() => Convert.ToHexStringLower(ToArray());

    /// <summary>Whether two identities are the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(ModelId left, ModelId right) => left.Equals(right);

    /// <summary>Whether two identities differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(ModelId left, ModelId right) => !left.Equals(right);
}
