using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>For scores, probabilities and embeddings.</summary>
/// <param name="evidence">What is collected.</param>
/// <param name="kind">What the auditor knows.</param>
/// <param name="areProbabilities">Whether the clean rows are probabilities and not scores.</param>
internal sealed class RowAuditor(FingerprintEvidence evidence, EvidenceKind kind, bool areProbabilities) : Auditor
{
    private const int Told = 5;

    public override void Add(float[] suspect, float[] clean)
    {
        switch (kind)
        {
            case EvidenceKind.Informed:
                evidence.AddInformed(suspect, clean);
                break;
            case EvidenceKind.Probabilities:
                evidence.AddInformedProbabilities(suspect, Probabilities(clean));
                break;
            case EvidenceKind.TopScores:
                int[] best = Best(suspect);
                evidence.AddInformedTop(best, [.. best.Select(i => suspect[i])], clean);
                break;
            case EvidenceKind.TopProbabilities:
                int[] largest = Best(suspect);
                evidence.AddInformedTopProbabilities(largest, [.. largest.Select(i => suspect[i])], Probabilities(clean));
                break;
            default:
                evidence.AddBlind(suspect);
                break;
        }
    }

    public override double Log10PValue(CarrierKey key) => evidence.Rows == 0 ? 0 : evidence.Detect(key).Log10PValue;

    private static int[] Best(float[] row)
    {
        int[] order = [.. Enumerable.Range(0, row.Length)];
        Array.Sort([.. row.Select(x => -x)], order);
        return order[..Told];
    }

    private float[] Probabilities(float[] clean)
    {
        float[] row = [.. clean];
        if (!areProbabilities)
        {
            Changes.Softmax(row, 0, Random.Shared);
        }

        return row;
    }
}
