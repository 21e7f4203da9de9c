using System.Buffers.Binary;

namespace Oml.Sdk.Sealing.Manifest;

/// <summary>The first 16 bytes of a sealed model: magic, format, length of the manifest.</summary>
internal static class FileHeader
{
    public const int Size = 16;
    public const int Format = 1;

    /// <summary>Bodies start at a multiple of this.</summary>
    public const int Alignment = 4096;

    // Not text, and broken by whatever changes line ends on the way.
    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'O', (byte)'M', (byte)'L', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Whether bytes start as a sealed model does.</summary>
    public static bool IsMagic(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    public static void Write(Span<byte> header, int manifestLength)
    {
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Format);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], manifestLength);
    }

    /// <summary>Reads the length of the manifest.</summary>
    /// <exception cref="SealedModelException">It is no sealed model, of another format, or says an impossible length.</exception>
    public static int Read(ReadOnlySpan<byte> header, string name)
    {
        if (header.Length < Magic.Length || !header[..Magic.Length].SequenceEqual(Magic))
        {
            throw new SealedModelException(
                SealedModelFailure.NotASealedModel, $"'{name}' is no sealed model: it does not start with the signature of one.");
        }

        if (header.Length < Size)
        {
            throw new SealedModelException(SealedModelFailure.Truncated, $"The sealed model '{name}' ends within its first {Size} bytes.");
        }

        uint format = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (format != Format)
        {
            throw new SealedModelException(
                SealedModelFailure.UnsupportedVersion,
                $"The sealed model '{name}' is of format {format}; this version reads format {Format}. Update Oml.Sdk.");
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        return length is > 0 and <= SealedLimits.MaxManifestBytes ? (int)length : throw new SealedModelException(
            SealedModelFailure.MalformedManifest,
            $"The sealed model '{name}' says that its manifest has {length} bytes; 1 to {SealedLimits.MaxManifestBytes} were expected.");
    }
}
