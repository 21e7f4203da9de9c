using Oml.Sdk.Fingerprints;
using Oml.Sdk.Sealing.Baking;
using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing;

/// <summary>Makes licensees' copies of a clean model: the static carrier of each is added to a bias, so that it costs nothing at run time and survives a patched library.</summary>
/// <remarks>
/// <para>The output becomes z + ε·s for every row, where s are the licensee's signs (docs/spec/fingerprint.md §10) and ε is
/// <see cref="BakingOptions.Amplitude"/>. The bias of the Gemm or the Add that makes the output is changed, if it is a constant that nothing
/// else reads; otherwise an addition follows whatever makes the output. An output of a softmax over its last dimension is marked before the
/// softmax. Whatever else in the graph reads the marked value reads it marked.</para>
/// <para>Keys are derived for the id of the clean ONNX file, which the baker computes itself from what it is given: always bake into the clean model,
/// keep it, and trace with <see cref="BakedFingerprint.Subject"/>'s model, which is the same for all licensees.</para>
/// <para>Two licensees who compare their copies find where their signs differ. So run-time fingerprints
/// (<see cref="LogitFingerprint"/>) remain useful beside it; their keys follow from the id of the copy and are independent of these.</para>
/// <para>Seal each copy under a <see cref="ContentKey"/> of its own: whoever can open another's copy can compare, and can leak it in the other's name.</para>
/// <para>Thread-safe. It refers to the key it was given, whose owner disposes it.</para>
/// </remarks>
/// <example>
/// <code>
/// FingerprintBaker baker = new(fingerprintKey, new BakingOptions { Amplitude = calibration.AmplitudeFor() });
/// ModelPackage package = ModelPackage.FromOnnx("clean.onnx");
/// BakedFingerprint baked = package.Bake(baker, fingerprintId: 42);
/// await new ModelSealer(publisher, contentKeyOf42).SealAsync(package, "for-42.oml", new SealOptions { Name = "model" });
///
/// FingerprintEvidence evidence = FingerprintEvidence.ForBakedRows(baked.RowLength);
/// evidence.AddInformed(suspectRow, cleanRow);
/// TraceResult trace = evidence.Trace(fingerprintKey, baked.Subject.Model, licensees);
/// </code>
/// </example>
public sealed class FingerprintBaker
{
    private readonly FingerprintKey _key;

    /// <summary>Creates a baker.</summary>
    /// <param name="key">The publisher's key.</param>
    /// <param name="options">How to mark.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public FingerprintBaker(FingerprintKey key, BakingOptions options)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(nameof(options));
        _key = key;
        Options = options;
    }

    internal BakingOptions Options { get; }

    /// <summary>Makes a licensee's copy of a plain model. To seal one, use <see cref="ModelPackage.Bake"/>.</summary>
    /// <param name="cleanModel">The bytes of the publisher's own ONNX file, the same for every licensee.</param>
    /// <param name="fingerprintId">The licensee's number at the publisher.</param>
    /// <returns>The copy. It refers to the memory of the clean model only until this returns.</returns>
    /// <remarks>A bias whose values are in another file is left there, and an addition follows.</remarks>
    /// <exception cref="BakingException">The model cannot be marked; the failure says why.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public BakedModel Bake(ReadOnlyMemory<byte> cleanModel, ulong fingerprintId)
    {
        FingerprintSubject subject = new(ModelId.Compute(cleanModel.Span), fingerprintId);
        try
        {
            OnnxModelScan scan = OnnxModelScanner.Scan(cleanModel, int.MaxValue);
            BakingPlan plan = Plan(scan, subject, null);
            return new BakedModel(new OnnxModelRewriter(scan, [plan.Edit!]).ToArray(), plan.Fingerprint);
        }
        catch (OnnxFormatException error)
        {
            throw new BakingException(BakingFailure.InvalidModel, $"The model cannot be marked: {error.Message}", error);
        }
    }

    /// <exception cref="OnnxFormatException">The model contradicts itself.</exception>
    /// <exception cref="BakingException">The model cannot be marked.</exception>
    internal BakingPlan Plan(OnnxModelScan scan, FingerprintSubject subject, Func<ExternalTensor, byte[]>? readExternal)
    {
        using CarrierKey carrier = _key.DeriveCarrierKey(subject);
        return BakingPlanner.Plan(scan, subject, Options, carrier, readExternal);
    }
}
