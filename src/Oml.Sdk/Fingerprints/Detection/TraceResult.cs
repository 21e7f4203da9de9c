using System.Collections.Immutable;

namespace Oml.Sdk.Fingerprints;

/// <summary>Whom the evidence points to.</summary>
/// <remarks>
/// It is corrected for the candidates of one trace. Whoever looks at one suspect in several ways (other rows, another kind of evidence, another
/// variant of a watermark) and takes the best of k results multiplies its p-value by k.
/// </remarks>
public sealed class TraceResult
{
    internal TraceResult(
        ImmutableArray<TraceCandidate> ranked, int candidates, double falseAccusationRate, double strongestLog10, long rows, long skippedRows)
    {
        Ranked = ranked;
        Candidates = candidates;
        FalseAccusationRate = falseAccusationRate;
        StrongestPossibleLog10CorrectedPValue = strongestLog10;
        Rows = rows;
        SkippedRows = skippedRows;
    }

    /// <summary>The candidates that agree best, the best first; at most <see cref="TraceOptions.MaxRanked"/>.</summary>
    public ImmutableArray<TraceCandidate> Ranked { get; }

    /// <summary>N: how many candidates were tested. Every p-value is corrected for it.</summary>
    public int Candidates { get; }

    /// <summary>
    /// The licensee to accuse: the best one, if its corrected p-value is at most <see cref="FalseAccusationRate"/>; otherwise null.
    /// </summary>
    /// <remarks>Several candidates below the rate point to a coalition, or to copies of several licensees: see <see cref="Ranked"/>.</remarks>
    public ulong? Accused => Ranked[0].Log10CorrectedPValue <= Math.Log10(FalseAccusationRate) ? Ranked[0].FingerprintId : null;

    /// <summary>
    /// Bounds the probability that <see cref="Accused"/> names anybody when none of the N candidates has to do with the suspect;
    /// asked for in <see cref="TraceOptions.FalseAccusationRate"/>.
    /// </summary>
    public double FalseAccusationRate { get; }

    /// <summary>The corrected p-value of the best candidate, min(1, N·p).</summary>
    public double CorrectedPValue => Ranked[0].CorrectedPValue;

    /// <summary>By how much the statistic of the best candidate exceeds the next one's; infinite if there is one candidate alone.</summary>
    public double Margin => Ranked.Length > 1 ? Ranked[0].Statistic - Ranked[1].Statistic : double.PositiveInfinity;

    /// <summary>
    /// The decimal logarithm of the smallest corrected p-value that any key could reach with this evidence, however many rows were
    /// added. Above log₁₀ of <see cref="FalseAccusationRate"/> nobody can be accused: the rows are too short for so many candidates.
    /// </summary>
    public double StrongestPossibleLog10CorrectedPValue { get; }

    /// <summary>Rows that were used.</summary>
    public long Rows { get; }

    /// <summary>Rows that could not be used: NaN, an infinity, or constant.</summary>
    public long SkippedRows { get; }
}
