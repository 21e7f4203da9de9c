using Oml.Sdk.Inference;
using Oml.Sdk.Testing;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Inference;

/// <summary>The test double keeps the contract too, also behind a delegating backend.</summary>
public sealed class ManagedBackendTests : InferenceBackendContract
{
    protected override ValueTask<IInferenceBackend> CreateBackendAsync() => new(new Passing(new ManagedBackend()));

    protected override InferenceInputs CreateInputs(int seed) =>
        new InferenceInputs().Add("x", new float[] { seed, 1, 2, 3 }, 1, 4);

    private sealed class Passing(IInferenceBackend inner) : DelegatingInferenceBackend(inner);
}
