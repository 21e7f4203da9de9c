namespace Oml.Sdk.Metering.Receipts;

/// <summary>What is wrong with a receipt, a checkpoint or a log (docs/spec/receipt.md §8). The numbers are stable and never reused.</summary>
public enum ReceiptLogFault
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The folder or a file of it is missing, cannot be read or cannot be written.</summary>
    Unreadable = 1,

    /// <summary>Another process, or another object of this one, writes the log.</summary>
    InUse = 2,

    /// <summary>A receipt is not in the one form that the specification allows.</summary>
    MalformedReceipt = 3,

    /// <summary>A receipt does not name the one before it.</summary>
    BrokenChain = 4,

    /// <summary>A stored hash is not that of the receipts under it: one of the two was changed.</summary>
    WrongHash = 5,

    /// <summary>Receipts are missing that hashes or checkpoints of the same log cover.</summary>
    MissingReceipts = 6,

    /// <summary>Hashes are missing that the receipts or checkpoints of the same log need. After a crash, opening the log writes those after
    /// the last checkpoint anew.</summary>
    MissingHashes = 7,

    /// <summary>The last file ends within a record, as after a crash. Opening the log cuts it off.</summary>
    TornTail = 8,

    /// <summary>A file has bytes where none may be.</summary>
    TrailingData = 9,

    /// <summary>A checkpoint, or the file of a receipt, is not in the one form that the specification allows.</summary>
    Malformed = 10,

    /// <summary>A checkpoint was signed with another key than the host's.</summary>
    UnknownHost = 11,

    /// <summary>The signature of a checkpoint does not verify.</summary>
    BadSignature = 12,

    /// <summary>A checkpoint's root is not that of the receipts that it covers.</summary>
    WrongRoot = 13,

    /// <summary>A checkpoint is of another log, or not larger than the one before it.</summary>
    UnorderedCheckpoint = 14,

    /// <summary>The log is shorter than a checkpoint that the host signed: an old copy was put in its place.</summary>
    RolledBack = 15,

    /// <summary>The log is not the one that the host signed a given checkpoint over: its history was written anew.</summary>
    Forked = 16,

    /// <summary>Writing failed before, so that what is stored is not known. Open the log again.</summary>
    WritingFailed = 17,

    /// <summary>An inclusion proof does not lead from the receipt to the checkpoint.</summary>
    NotIncluded = 18,

    /// <summary>
    /// Too many receipts wait to be written, because the usage ledger or the disk of the receipts does not answer. It ends by itself when they do.
    /// </summary>
    Backlog = 19,
}
