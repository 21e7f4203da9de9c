using System.Numerics.Tensors;
using Oml.Sdk.Fingerprints;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>For labels: of the suspect's row, the auditor sees the class of the largest score alone.</summary>
/// <param name="classes">How many classes there are.</param>
internal sealed class LabelAuditor(int classes) : Auditor
{
    private readonly LabelEvidence _evidence = new(classes);

    public override void Add(float[] suspect, float[] clean) => _evidence.Add(TensorPrimitives.IndexOfMax<float>(suspect), clean);

    public override double Log10PValue(CarrierKey key) => _evidence.Rows == 0 ? 0 : _evidence.Detect(key).Log10PValue;
}
