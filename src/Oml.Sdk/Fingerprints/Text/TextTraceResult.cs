using System.Collections.Immutable;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Whom a text points to.</summary>
/// <remarks>It is corrected for the candidates of one trace; for several traces of one suspect see <see cref="TraceResult"/>.</remarks>
public sealed class TextTraceResult
{
    internal TextTraceResult(
        ImmutableArray<TraceCandidate> ranked, int candidates, double falseAccusationRate, double strongestLog10, int tokens, int skippedTokens)
    {
        Ranked = ranked;
        Candidates = candidates;
        FalseAccusationRate = falseAccusationRate;
        StrongestPossibleLog10CorrectedPValue = strongestLog10;
        Tokens = tokens;
        SkippedTokens = skippedTokens;
    }

    /// <summary>The candidates with the smallest p-values, the best first; at most <see cref="TraceOptions.MaxRanked"/>.</summary>
    public ImmutableArray<TraceCandidate> Ranked { get; }

    /// <summary>N: how many candidates were tested. Every p-value is corrected for it.</summary>
    public int Candidates { get; }

    /// <summary>
    /// The licensee to accuse: the best one, if its corrected p-value is at most <see cref="FalseAccusationRate"/>; otherwise null.
    /// </summary>
    /// <remarks>Several candidates below the rate point to a text that several licensees' copies wrote: see <see cref="Ranked"/>.</remarks>
    public ulong? Accused => Ranked[0].Log10CorrectedPValue <= Math.Log10(FalseAccusationRate) ? Ranked[0].FingerprintId : null;

    /// <summary>
    /// Bounds the probability that <see cref="Accused"/> names anybody when none of the N candidates has to do with the text; asked for in
    /// <see cref="TraceOptions.FalseAccusationRate"/>.
    /// </summary>
    public double FalseAccusationRate { get; }

    /// <summary>The corrected p-value of the best candidate, min(1, N·p).</summary>
    public double CorrectedPValue => Ranked[0].CorrectedPValue;

    /// <summary>By how much the statistic of the best candidate exceeds the next one's; infinite if there is one candidate alone.</summary>
    public double Margin => Ranked.Length > 1 ? Ranked[0].Statistic - Ranked[1].Statistic : double.PositiveInfinity;

    /// <summary>
    /// The decimal logarithm of the smallest corrected p-value that any key could reach with this text. Above log₁₀ of
    /// <see cref="FalseAccusationRate"/> nobody can be accused: the text is too short for so many candidates.
    /// </summary>
    public double StrongestPossibleLog10CorrectedPValue { get; }

    /// <summary>Tokens that were tested; under the schemes whose n-grams share coins, a key may have been tested with fewer.</summary>
    public int Tokens { get; }

    /// <summary>The other tokens of the text: without enough context, or repeating what came before.</summary>
    public int SkippedTokens { get; }
}
