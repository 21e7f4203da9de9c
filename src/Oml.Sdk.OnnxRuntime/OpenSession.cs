using Microsoft.ML.OnnxRuntime;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>A session, the provider that it runs on, and the weights that it uses where they are, if it does.</summary>
internal sealed record OpenSession(InferenceSession Session, string ExecutionProvider, ExternalWeights? Weights) : IDisposable
{
    public void Dispose()
    {
        Session.Dispose();
        Weights?.Dispose();
    }
}
