using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Collects what a suspect answered, beside the clean answers, and tests a licensee. One for each kind of output.</summary>
internal abstract class Auditor
{
    /// <summary>Adds an answer.</summary>
    /// <param name="suspect">The suspect's, which may be written to.</param>
    /// <param name="clean">The clean model's, which may not.</param>
    public abstract void Add(float[] suspect, float[] clean);

    /// <summary>The decimal logarithm of the p-value of a licensee; 0 as long as there is no evidence.</summary>
    public abstract double Log10PValue(CarrierKey key);

    /// <summary>The one for the rows of a source.</summary>
    public static Auditor Of(RowSource source, EvidenceKind evidence) => source.Kind switch
    {
        RowKind.Values => new ValueAuditor(source.Length),
        RowKind.Labels => new LabelAuditor(source.Length),
        _ => new RowAuditor(
            new FingerprintEvidence(source.Length, evidence == EvidenceKind.BlindWithBaseline ? source.Baseline : []), evidence, source.AreProbabilities),
    };
}
