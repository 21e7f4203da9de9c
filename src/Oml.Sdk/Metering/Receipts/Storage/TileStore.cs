using System.Globalization;
using System.Numerics;
using Microsoft.Win32.SafeHandles;
using Oml.Sdk.Metering.Receipts.Tree;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>
/// The stored hashes of the tree, in tiles of 256: level 0 has the leaves, each level above the roots of the whole tiles below it
/// (C2SP tlog-tiles). Reading is thread-safe while one thread appends.
/// </summary>
internal sealed class TileStore(string folder) : IDisposable
{
    /// <summary>The levels that 2^48 leaves fill.</summary>
    public const int Levels = 7;

    private const int LevelBits = 8;
    private const int TileBytes = TilePath.Width * ReceiptHash.Size;

    private readonly string[] _folders =
        [.. Enumerable.Range(0, Levels).Select(level => Path.Combine(folder, level.ToString(CultureInfo.InvariantCulture)))];

    private readonly SafeFileHandle?[] _handles = new SafeFileHandle?[Levels];

    /// <summary>How many hashes a level has when the tree has <paramref name="size"/> leaves.</summary>
    public static long CountAt(int level, long size) => size >> (LevelBits * level);

    public string PathOf(int level, long index) => TilePath.Of(_folders[level], index / TilePath.Width);

    /// <summary>How many bytes a level's files have.</summary>
    public long Length(int level)
    {
        long files = TilePath.Count(_folders[level]);
        if (files == 0)
        {
            return 0;
        }

        using SafeFileHandle? last = RecordFile.OpenToRead(TilePath.Of(_folders[level], files - 1));
        return ((files - 1) * TileBytes) + (last is null ? 0 : RandomAccess.GetLength(last));
    }

    /// <summary>Cuts the last file of a level.</summary>
    public void Cut(int level, long length)
    {
        long inFile = length % TileBytes;
        RecordFile.Cut(TilePath.Of(_folders[level], length / TileBytes), inFile);
    }

    /// <summary>Reads hashes that lie in one tile.</summary>
    /// <exception cref="ReceiptLogException">They are not there.</exception>
    public void Read(int level, long index, Span<byte> hashes)
    {
        string path = PathOf(level, index);
        using SafeFileHandle? handle = RecordFile.OpenToRead(path);
        if (handle is null || RecordFile.Read(handle, index % TilePath.Width * ReceiptHash.Size, hashes) != hashes.Length)
        {
            throw new ReceiptLogException(
                ReceiptLogFault.MissingHashes,
                $"The receipt log lacks hashes in '{path}' that it had when a checkpoint was signed. Restore the log from a copy.");
        }
    }

    public ReceiptHash Read(int level, long index)
    {
        Span<byte> bytes = stackalloc byte[ReceiptHash.Size];
        Read(level, index, bytes);
        return new ReceiptHash(bytes);
    }

    /// <summary>The root of a perfect subtree.</summary>
    public ReceiptHash Subtree(int height, long index)
    {
        int level = height / LevelBits;
        int inTile = height % LevelBits;
        Span<byte> hashes = stackalloc byte[ReceiptHash.Size << inTile];
        Read(level, index << inTile, hashes);
        return MerkleHash.Perfect(hashes);
    }

    /// <summary>The root of a whole tile: the hash that the level above has for it.</summary>
    public ReceiptHash TileRoot(int level, long tile)
    {
        Span<byte> hashes = stackalloc byte[TileBytes];
        Read(level, tile * TilePath.Width, hashes);
        return MerkleHash.Perfect(hashes);
    }

    /// <summary>Opens a tile that an earlier process may have left unflushed, so that <see cref="Flush"/> reaches it.</summary>
    public void Attach(int level, long count)
    {
        if (count % TilePath.Width != 0)
        {
            _handles[level] ??= RecordFile.OpenToAppend(PathOf(level, count));
        }
    }

    /// <summary>Writes hashes that lie in one tile. They are on the disk after <see cref="Flush"/>, or when the tile is full.</summary>
    public void Write(int level, long index, ReadOnlySpan<byte> hashes)
    {
        long inTile = index % TilePath.Width;
        SafeFileHandle handle = _handles[level] ??= RecordFile.OpenToAppend(PathOf(level, index));
        RandomAccess.Write(handle, hashes, inTile * ReceiptHash.Size);
        if ((inTile * ReceiptHash.Size) + hashes.Length == TileBytes)
        {
            RandomAccess.FlushToDisk(handle);
            handle.Dispose();
            _handles[level] = null;
        }
    }

    /// <summary>Writes a hash that a crash kept from the disk, in a tile that goes on after it.</summary>
    public void Mend(int level, long index, ReceiptHash hash)
    {
        Span<byte> bytes = stackalloc byte[ReceiptHash.Size];
        hash.CopyTo(bytes);
        using SafeFileHandle handle = RecordFile.OpenToAppend(PathOf(level, index));
        RandomAccess.Write(handle, bytes, index % TilePath.Width * ReceiptHash.Size);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Waits until the disk has every hash.</summary>
    public void Flush()
    {
        foreach (SafeFileHandle? handle in _handles)
        {
            if (handle is not null)
            {
                RandomAccess.FlushToDisk(handle);
            }
        }
    }

    public void Dispose()
    {
        foreach (SafeFileHandle? handle in _handles)
        {
            handle?.Dispose();
        }
    }

    /// <summary>Which hashes above the leaves a leaf completes: level 1 with every 256th, level 2 with every 65,536th, and so on.</summary>
    public static int LevelsCompletedBy(long size) => Math.Min(Levels - 1, BitOperations.TrailingZeroCount(size) / LevelBits);
}
