using System.Collections;

namespace Oml.Sdk.Inference;

/// <summary>The tensors that one call returned. The caller owns them and disposes them.</summary>
/// <remarks>
/// The tensors are the runtime's own memory: read them before disposing. Disposing twice is fine; not disposing leaves the
/// memory to the finalizer.
/// </remarks>
public sealed class InferenceOutputs : IReadOnlyList<OutputTensor>, IDisposable
{
    private readonly OutputTensor[] _tensors;
    private IDisposable? _owner;

    /// <summary>For backends: wraps the outputs of a call.</summary>
    /// <param name="tensors">The outputs in the model's order; the array is kept.</param>
    /// <param name="owner">What holds their memory; disposed with this object. Null when nothing needs it.</param>
    public InferenceOutputs(OutputTensor[] tensors, IDisposable? owner = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        _tensors = tensors;
        _owner = owner;
    }

    /// <summary>How many outputs there are.</summary>
    public int Count => _tensors.Length;

    /// <summary>The output at a place in the model's order.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    public OutputTensor this[int index] => _tensors[index];

    /// <summary>The output of a name.</summary>
    /// <param name="name">A name, compared ordinally.</param>
    /// <exception cref="KeyNotFoundException">The model has no such output.</exception>
    public OutputTensor this[string name]
    {
        get
        {
            foreach (OutputTensor tensor in _tensors)
            {
                if (tensor.Name == name)
                {
                    return tensor;
                }
            }

            throw new KeyNotFoundException(
                $"There is no output named '{name}'; the model returns {string.Join(", ", _tensors.Select(t => $"'{t.Name}'"))}.");
        }
    }

    /// <summary>Gives the memory back to the runtime. The tensors refuse to be read afterwards.</summary>
    public void Dispose()
    {
        foreach (OutputTensor tensor in _tensors)
        {
            tensor.MarkDisposed();
        }

        Interlocked.Exchange(ref _owner, null)?.Dispose();
    }

    /// <summary>The outputs in the model's order.</summary>
    /// <returns>An enumerator.</returns>
    public IEnumerator<OutputTensor> GetEnumerator() => ((IEnumerable<OutputTensor>)_tensors).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _tensors.GetEnumerator();
}
