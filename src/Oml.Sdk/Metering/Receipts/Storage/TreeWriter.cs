namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>Puts the hashes of leaves into tiles, and those of whole tiles into the level above. For one thread at a time.</summary>
/// <param name="tiles">Where they go.</param>
/// <param name="stored">How many hashes each level has already; those are compared instead of written.</param>
internal sealed class TreeWriter(TileStore tiles, long[] stored)
{
    private readonly byte[] _pending = new byte[TilePath.Width * ReceiptHash.Size];
    private int _pendingCount;

    /// <summary>Adds the next leaf; it is written with <see cref="Flush"/>, or when its tile is full.</summary>
    /// <exception cref="ReceiptLogException">Another hash is stored in its place.</exception>
    public void Add(long index, ReceiptHash leaf)
    {
        if (index < stored[0])
        {
            Compare(0, index, leaf);
        }
        else
        {
            leaf.CopyTo(_pending.AsSpan(_pendingCount++ * ReceiptHash.Size));
        }

        long size = index + 1;
        if (size % TilePath.Width == 0)
        {
            Flush(size);
            CompleteTiles(size);
        }
    }

    /// <summary>Writes the hashes that are pending.</summary>
    /// <param name="size">How many leaves were added in all.</param>
    public void Flush(long size)
    {
        if (_pendingCount > 0)
        {
            tiles.Write(0, size - _pendingCount, _pending.AsSpan(0, _pendingCount * ReceiptHash.Size));
            stored[0] = size;
            _pendingCount = 0;
        }
    }

    private void CompleteTiles(long size)
    {
        Span<byte> bytes = stackalloc byte[ReceiptHash.Size];
        for (int level = 1; level <= TileStore.LevelsCompletedBy(size); level++)
        {
            long index = TileStore.CountAt(level, size) - 1;
            ReceiptHash root = tiles.TileRoot(level - 1, index);
            if (index < stored[level])
            {
                Compare(level, index, root);
            }
            else
            {
                root.CopyTo(bytes);
                tiles.Write(level, index, bytes);
                stored[level] = index + 1;
            }
        }
    }

    private void Compare(int level, long index, ReceiptHash hash)
    {
        ReceiptHash there = tiles.Read(level, index);
        if (there == default)
        {
            // A page that a power cut kept from the disk, though a later one came: behind the checkpoint, nobody waited for either.
            tiles.Mend(level, index, hash);
        }
        else if (there != hash)
        {
            throw new ReceiptLogException(
                ReceiptLogFault.WrongHash,
                $"Hash {index} of level {level} in '{tiles.PathOf(level, index)}' is not that of the receipts: one of the two was changed " +
                "after it was written. Restore the log from a copy.");
        }
    }
}
