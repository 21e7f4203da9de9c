namespace Oml.Sdk.Sealing.Chunks;

/// <summary>Stretches of 64 chunks, the unit of work and of verification: 1 MiB of plaintext. The last one of an entry may be shorter.</summary>
/// <remarks>
/// The root of each stretch is kept behind the entry's chunks, so that a stretch is checked without reading the others. 64 is a
/// power of two, so the root over these roots is the entry's root.
/// </remarks>
internal static class Segments
{
    public const int Chunks = 64;
    public const int Size = Chunks * ChunkLayout.ChunkSize;
    public const int SealedSize = Chunks * ChunkLayout.SealedChunkSize;

    public static long Count(long size) => (ChunkLayout.CountChunks(size) + Chunks - 1) / Chunks;

    /// <summary>The plaintext bytes of one segment.</summary>
    public static int SizeOf(long segment, long size) => (int)Math.Min(Size, size - (segment * Size));

    /// <summary>The chunks of one segment.</summary>
    public static int ChunksOf(long segment, long size) => (int)Math.Min(Chunks, ChunkLayout.CountChunks(size) - (segment * Chunks));

    /// <summary>The bytes of one segment's chunks and tags.</summary>
    public static int SealedSizeOf(long segment, long size) => SizeOf(segment, size) + (ChunksOf(segment, size) * ChunkLayout.TagSize);

    /// <summary>The bytes of the roots behind the chunks of an entry.</summary>
    public static long TableSize(long size) => Count(size) * ChunkHasher.HashSize;
}
