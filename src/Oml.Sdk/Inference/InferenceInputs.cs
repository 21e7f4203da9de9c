using System.Collections;

namespace Oml.Sdk.Inference;

/// <summary>The named tensors of one call. A collection initializer or <c>Add</c> fills it.</summary>
/// <remarks>
/// It can be used for any number of calls, also at the same time, as long as nobody adds to it meanwhile. It refers to the
/// caller's memory and copies nothing.
/// </remarks>
public sealed class InferenceInputs : IEnumerable<KeyValuePair<string, InputTensor>>
{
    private readonly List<string> _names = [];
    private readonly List<InputTensor> _tensors = [];

    /// <summary>How many tensors there are.</summary>
    public int Count => _names.Count;

    /// <summary>The tensor of a name.</summary>
    /// <param name="name">A name, compared ordinally.</param>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public InputTensor this[string name]
    {
        get
        {
            int index = _names.IndexOf(name);
            return index >= 0 ? _tensors[index] : throw new KeyNotFoundException($"There is no input named '{name}'.");
        }
    }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">The name of the model's input.</param>
    /// <param name="tensor">The tensor.</param>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public void Add(string name, InputTensor tensor)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(tensor);
        if (Contains(name))
        {
            throw new ArgumentException($"The input '{name}' was given twice.", nameof(name));
        }

        _names.Add(name);
        _tensors.Add(tensor);
    }

    /// <summary>Adds a tensor over the caller's memory.</summary>
    /// <typeparam name="T">A type that <see cref="TensorElementType"/> lists.</typeparam>
    /// <param name="name">The name of the model's input.</param>
    /// <param name="data">The elements in row-major order.</param>
    /// <param name="shape">The dimensions, each 0 or more; none for a scalar.</param>
    /// <returns>This object, for the next <c>Add</c>.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken, or the shape does not fit the data.</exception>
    public InferenceInputs Add<T>(string name, ReadOnlyMemory<T> data, params ReadOnlySpan<long> shape)
    {
        Add(name, new InputTensor<T>(data, shape));
        return this;
    }

    /// <summary>Adds a tensor over the caller's array.</summary>
    /// <typeparam name="T">A type that <see cref="TensorElementType"/> lists.</typeparam>
    /// <param name="name">The name of the model's input.</param>
    /// <param name="data">The elements in row-major order.</param>
    /// <param name="shape">The dimensions, each 0 or more; none for a scalar.</param>
    /// <returns>This object, for the next <c>Add</c>.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken, or the shape does not fit the data.</exception>
    public InferenceInputs Add<T>(string name, T[] data, params ReadOnlySpan<long> shape)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Add(name, (ReadOnlyMemory<T>)data, shape);
    }

    /// <summary>Whether there is a tensor of a name.</summary>
    /// <param name="name">A name, compared ordinally.</param>
    /// <returns>True if there is.</returns>
    public bool Contains(string name) => _names.Contains(name);

    /// <summary>The name at a place, in the order of adding.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    /// <returns>The name.</returns>
    public string NameAt(int index) => _names[index];

    /// <summary>The tensor at a place, in the order of adding.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    /// <returns>The tensor.</returns>
    public InputTensor TensorAt(int index) => _tensors[index];

    /// <summary>The names and tensors in the order of adding.</summary>
    /// <returns>An enumerator.</returns>
    public IEnumerator<KeyValuePair<string, InputTensor>> GetEnumerator()
    {
        for (int i = 0; i < _names.Count; i++)
        {
            yield return new(_names[i], _tensors[i]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
