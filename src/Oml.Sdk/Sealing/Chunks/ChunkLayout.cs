namespace Oml.Sdk.Sealing.Chunks;

/// <summary>Where things are in a message of C2SP chunked-encryption: salt, commitment, then chunks of which the last is short.</summary>
internal static class ChunkLayout
{
    public const int SaltSize = 24;
    public const int CommitmentSize = 32;
    public const int HeaderSize = SaltSize + CommitmentSize;
    public const int ChunkSize = 16 * 1024;
    public const int TagSize = 16;
    public const int SealedChunkSize = ChunkSize + TagSize;

    /// <summary>The specification's limit; with it, no length below overflows.</summary>
    public const long MaxChunks = 1L << 38;

    /// <summary>How many chunks a message has: the last one is always short, and may be empty.</summary>
    public static long CountChunks(long size) => (size / ChunkSize) + 1;

    /// <summary>The largest message.</summary>
    public static long MaxSize => (MaxChunks * ChunkSize) - 1;

    /// <summary>The bytes of a message's chunks and their tags, without the header.</summary>
    public static long SealedBodySize(long size) => size + (CountChunks(size) * TagSize);

    /// <summary>The plaintext bytes of one chunk of a message.</summary>
    public static int SizeOf(long chunk, long size) => (int)Math.Min(ChunkSize, size - (chunk * ChunkSize));

    /// <summary>Finds the size of a message from the length of its chunks.</summary>
    /// <returns>False if no message has chunks of that length: it was cut, or is none.</returns>
    public static bool TryGetSize(long sealedBodySize, out long size)
    {
        long full = sealedBodySize / SealedChunkSize;
        long last = sealedBodySize - (full * SealedChunkSize);
        size = (full * ChunkSize) + last - TagSize;
        return last >= TagSize && full < MaxChunks;
    }
}
