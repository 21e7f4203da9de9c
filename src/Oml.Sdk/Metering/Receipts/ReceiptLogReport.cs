using System.Collections.Immutable;

namespace Oml.Sdk.Metering.Receipts;

/// <summary>What checking a whole log found.</summary>
public sealed class ReceiptLogReport
{
    internal ReceiptLogReport(long receipts, long checkpoints, ReceiptCheckpoint? last, ReceiptHash root, ImmutableArray<ReceiptLogProblem> problems)
    {
        Receipts = receipts;
        Checkpoints = checkpoints;
        LastCheckpoint = last;
        Root = root;
        Problems = problems;
    }

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsIntact => Problems.IsEmpty;

    /// <summary>How many whole receipts were read.</summary>
    public long Receipts { get; }

    /// <summary>How many checkpoints were read.</summary>
    public long Checkpoints { get; }

    /// <summary>The last checkpoint whose signature holds; null if there is none.</summary>
    public ReceiptCheckpoint? LastCheckpoint { get; }

    /// <summary>The root over the receipts that were read, as the checker computed it.</summary>
    public ReceiptHash Root { get; }

    /// <summary>What is wrong, in the order in which it was noticed; the first 100.</summary>
    public ImmutableArray<ReceiptLogProblem> Problems { get; }

    /// <summary>One line for a person.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => IsIntact
        ? $"{Receipts} receipts and {Checkpoints} checkpoints are intact, root {Root}"
        : $"{Problems.Length} problems in {Receipts} receipts; the first: {Problems[0].Message} ({Problems[0].Fault})";
}
