using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>Reads the files of checkpoints and verifies each one. For one thread.</summary>
internal sealed class CheckpointFiles(LogFolder folder, IssuerPublicKey key)
{
    private readonly Bundle _bundle = new(ReceiptCheckpoint.MaxEncodedBytes);

    /// <summary>The last good checkpoint that was read.</summary>
    public ReceiptCheckpoint? Last { get; private set; }

    /// <summary>How many bytes the first checkpoints of the file that was read last are.</summary>
    public long BytesOf(int count) => _bundle.BytesOf(count);

    /// <summary>Reads the last file, at the end of which a crash may have left an unfinished checkpoint.</summary>
    /// <param name="file">Its number.</param>
    /// <param name="lost">How many bytes of an unfinished checkpoint there are.</param>
    /// <returns>How many good checkpoints it has.</returns>
    /// <exception cref="ReceiptLogException">One is not good, and is not what a crash leaves.</exception>
    public int ReadLast(long file, out long lost)
    {
        string path = TilePath.Of(folder.Checkpoints, file);
        _bundle.Read(path);
        ReceiptLogFault fault = ReceiptLogFault.None;
        int good = 0;
        while (good < _bundle.Count && (fault = Verify(_bundle[good])) == ReceiptLogFault.None)
        {
            good++;
        }

        lost = _bundle.WholeBytes + _bundle.RestBytes - _bundle.BytesOf(good);
        if (lost == 0 || (good < TilePath.Width && lost == _bundle.From(good).Length
            && CheckpointTail.IsUnfinished(_bundle.From(good), _bundle.BytesOf(good), key)))
        {
            return good;
        }

        throw fault == ReceiptLogFault.UnknownHost ? OfAnotherHost() : Damaged(fault == ReceiptLogFault.None ? ReceiptLogFault.TrailingData : fault, path);
    }

    /// <summary>Reads a file that others follow, all of whose checkpoints must be good.</summary>
    /// <exception cref="ReceiptLogException">One is not.</exception>
    public ReceiptCheckpoint ReadWhole(long file)
    {
        string path = TilePath.Of(folder.Checkpoints, file);
        _bundle.Read(path);
        for (int i = 0; i < _bundle.Count; i++)
        {
            if (Verify(_bundle[i]) is var fault && fault != ReceiptLogFault.None)
            {
                throw fault == ReceiptLogFault.UnknownHost ? OfAnotherHost() : Damaged(fault, path);
            }
        }

        return _bundle.Count == TilePath.Width && _bundle.RestBytes == 0 ? Last! : throw Damaged(ReceiptLogFault.TrailingData, path);
    }

    /// <summary>Reads every file before one that was read, and sees that the first checkpoint of that one follows.</summary>
    /// <exception cref="ReceiptLogException">A checkpoint is not good.</exception>
    public void VerifyBefore(long file)
    {
        ReceiptCheckpoint? last = Last;
        Last = null;
        for (long before = 0; before < file; before++)
        {
            ReadWhole(before);
        }

        if (last is not null && Last is { } previous && !Follows(last, previous))
        {
            throw Damaged(ReceiptLogFault.UnorderedCheckpoint, TilePath.Of(folder.Checkpoints, file));
        }

        Last = last ?? Last;
    }

    private static bool Follows(ReceiptCheckpoint checkpoint, ReceiptCheckpoint previous) =>
        checkpoint.Origin == previous.Origin && checkpoint.Size > previous.Size;

    private ReceiptLogFault Verify(ReadOnlyMemory<byte> signed)
    {
        ReceiptLogFault fault = ReceiptCheckpoint.TryRead(signed, key, out ReceiptCheckpoint? checkpoint);
        if (checkpoint is not null && Last is { } previous && !Follows(checkpoint, previous))
        {
            fault = ReceiptLogFault.UnorderedCheckpoint;
        }

        Last = fault == ReceiptLogFault.None ? checkpoint : Last;
        return fault;
    }

    private ReceiptLogException OfAnotherHost() => new(
        ReceiptLogFault.UnknownHost,
        $"The receipt log '{folder.Path}' belongs to a host with another key. Open it with that key, or give this host a folder of its own.");

    private ReceiptLogException Damaged(ReceiptLogFault fault, string path) => new(
        fault,
        $"The checkpoints of the receipt log '{folder.Path}' were changed after they were signed, or are damaged in a way that no crash leaves " +
        $"({fault}, in '{path}'). Nothing was changed in them. Restore the log from a copy.");
}
