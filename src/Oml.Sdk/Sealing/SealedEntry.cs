using System.Collections.Immutable;
using Oml.Sdk.Sealing.Chunks;

namespace Oml.Sdk.Sealing;

/// <summary>One file in a sealed model. Immutable and thread-safe.</summary>
public sealed class SealedEntry
{
    internal SealedEntry(string path, long size)
    {
        Path = path;
        Size = size;
    }

    /// <summary>Its path: relative, with <c>/</c> between names.</summary>
    public string Path { get; }

    /// <summary>Its size in bytes before it was encrypted.</summary>
    public long Size { get; }

    /// <summary>The bytes it takes in the sealed file.</summary>
    public long SealedSize => ChunkLayout.HeaderSize + ChunkLayout.SealedBodySize(Size) + Segments.TableSize(Size);

    internal ImmutableArray<byte> Root { get; init; }

    internal ImmutableArray<byte> Salt { get; init; }

    internal ImmutableArray<byte> Commitment { get; init; }

    /// <summary>Where it starts in the file: salt, commitment, chunks, roots of segments.</summary>
    internal long Offset { get; set; }

    internal long ChunksOffset => Offset + ChunkLayout.HeaderSize;

    internal long TableOffset => ChunksOffset + ChunkLayout.SealedBodySize(Size);

    /// <summary>The path and the size.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Path} ({Size} bytes)";
}
