using System.Collections.Immutable;

namespace Oml.Sdk.Metering.Receipts.Settlement;

/// <summary>What a licensee used in a period, as publisher and licensee each compute it from receipts (docs/spec/receipt.md §9).</summary>
/// <remarks>
/// Immutable and thread-safe. Two parties who have the same receipts have the same <see cref="Digest"/>; who has not sees in
/// <see cref="Compare"/> where they differ, and in <see cref="ReceiptDifference"/> the first receipt that does.
/// </remarks>
public sealed class UsageStatement
{
    private readonly byte[] _encoded;

    internal UsageStatement(string licensee, DateTimeOffset from, DateTimeOffset to, ImmutableArray<UsageStatementLine> lines)
    {
        Licensee = licensee;
        From = from;
        To = to;
        Lines = lines;
        Units = lines.Aggregate(0L, (sum, line) => checked(sum + line.Units));
        _encoded = StatementEncoder.Encode(this);
        Digest = ReceiptHash.Compute(_encoded);
    }

    /// <summary>Who used it.</summary>
    public string Licensee { get; }

    /// <summary>The start of the period, which belongs to it: UTC, whole seconds.</summary>
    public DateTimeOffset From { get; }

    /// <summary>The end of the period, which does not belong to it: UTC, whole seconds.</summary>
    public DateTimeOffset To { get; }

    /// <summary>One line for each permission and model, in the order of issuer (as UTF-8), nonce and model.</summary>
    public ImmutableArray<UsageStatementLine> Lines { get; }

    /// <summary>The units of all lines.</summary>
    public long Units { get; }

    /// <summary>The statement in its one form: deterministic CBOR.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded;

    /// <summary>The SHA-256 of <see cref="Encoded"/>: equal for two parties who agree to the unit.</summary>
    public ReceiptHash Digest { get; }

    /// <summary>Finds the lines in which another party's statement differs.</summary>
    /// <param name="theirs">The other statement, of the same licensee and period.</param>
    /// <returns>The differences, in the order of lines; none if both agree to the unit.</returns>
    /// <exception cref="ArgumentException">It is of another licensee or period.</exception>
    public ImmutableArray<UsageStatementDifference> Compare(UsageStatement theirs)
    {
        ArgumentNullException.ThrowIfNull(theirs);
        if (theirs.Licensee != Licensee || theirs.From != From || theirs.To != To)
        {
            throw new ArgumentException(
                $"This statement is of '{Licensee}' from {From:u} to {To:u}; the other one of '{theirs.Licensee}' from {theirs.From:u} to {theirs.To:u}.",
                nameof(theirs));
        }

        var others = theirs.Lines.ToDictionary(line => (line.Permission, line.Model));
        List<UsageStatementDifference> differences = [];
        foreach (UsageStatementLine line in Lines)
        {
            others.Remove((line.Permission, line.Model), out UsageStatementLine? other);
            if (other != line)
            {
                differences.Add(new UsageStatementDifference(line.Permission, line.Model, line, other));
            }
        }

        differences.AddRange(others.Values.Select(line => new UsageStatementDifference(line.Permission, line.Model, null, line)));
        differences.Sort((a, b) => StatementOrder.Compare((a.Permission, a.Model), (b.Permission, b.Model)));
        return [.. differences];
    }

    /// <summary>Licensee, period and units.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"'{Licensee}' used {Units} units from {From:u} to {To:u}";
}
