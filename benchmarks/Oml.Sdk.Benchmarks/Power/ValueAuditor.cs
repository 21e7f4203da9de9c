using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>For values.</summary>
/// <param name="sampleLength">The values of a sample.</param>
internal sealed class ValueAuditor(int sampleLength) : Auditor
{
    private readonly RelativeEvidence _evidence = new(sampleLength);

    public override void Add(float[] suspect, float[] clean) => _evidence.AddInformed(suspect, clean);

    public override double Log10PValue(CarrierKey key) => _evidence.Samples == 0 ? 0 : _evidence.Detect(key).Log10PValue;
}
