namespace Oml.Sdk.Inference;

/// <summary>A backend that passes every call on; the base for backends that add something around another one.</summary>
/// <remarks>Owns the inner backend: disposing this disposes that.</remarks>
public abstract class DelegatingInferenceBackend : IInferenceBackend
{
    /// <summary>Wraps a backend.</summary>
    /// <param name="inner">The backend that calls go to.</param>
    protected DelegatingInferenceBackend(IInferenceBackend inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Inner = inner;
    }

    /// <inheritdoc/>
    public virtual ModelSignature Signature => Inner.Signature;

    /// <inheritdoc/>
    public virtual string ExecutionProvider => Inner.ExecutionProvider;

    /// <summary>The backend that calls go to.</summary>
    protected IInferenceBackend Inner { get; }

    /// <inheritdoc/>
    public virtual ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default) =>
        Inner.InferAsync(inputs, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Inner.DisposeAsync();
    }
}
