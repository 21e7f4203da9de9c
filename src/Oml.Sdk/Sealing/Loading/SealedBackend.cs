using System.Collections.Immutable;
using Oml.Sdk.Inference;
using Oml.Sdk.Sealing.Memory;

namespace Oml.Sdk.Sealing.Loading;

/// <summary>A backend whose weights are in memory that is cleared when it is disposed.</summary>
internal sealed class SealedBackend(IInferenceBackend inner, ImmutableArray<SecretMemory> weights) : DelegatingInferenceBackend(inner)
{
    public override async ValueTask DisposeAsync()
    {
        try
        {
            await base.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            foreach (SecretMemory memory in weights)
            {
                memory.Dispose();
            }
        }
    }
}
