using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Testing;

namespace Oml.Sdk.Tests.Fingerprints;

public sealed class LogitFingerprintContractTests : FingerprintEmbedderContract, IDisposable
{
    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public void Dispose() => _key.Dispose();

    protected override IFingerprintEmbedderFactory CreateFactory() => new LogitFingerprint(_key);

    protected override OutputTensor CreateOutput(int seed, int rows, int rowLength) =>
        OutputTensor.Create("logits", FingerprintTestData.Row(new Random(seed), rows * rowLength), rows, rowLength);
}
