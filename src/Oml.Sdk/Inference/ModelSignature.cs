using System.Collections.Immutable;

namespace Oml.Sdk.Inference;

/// <summary>The inputs and outputs that a model declares. Immutable and thread-safe.</summary>
public sealed class ModelSignature
{
    /// <summary>Creates a signature.</summary>
    /// <param name="inputs">The inputs that a call must bring, in the model's order.</param>
    /// <param name="outputs">The outputs that a call returns, in the model's order.</param>
    /// <param name="optionalInputs">Inputs that have a default in the model (overridable initializers) and may be left out.</param>
    public ModelSignature(IEnumerable<TensorInfo> inputs, IEnumerable<TensorInfo> outputs, IEnumerable<TensorInfo>? optionalInputs = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        Inputs = [.. inputs];
        Outputs = [.. outputs];
        OptionalInputs = optionalInputs is null ? [] : [.. optionalInputs];
    }

    /// <summary>The inputs that a call must bring, in the model's order.</summary>
    public ImmutableArray<TensorInfo> Inputs { get; }

    /// <summary>Inputs that may be left out.</summary>
    public ImmutableArray<TensorInfo> OptionalInputs { get; }

    /// <summary>The outputs, in the model's order.</summary>
    public ImmutableArray<TensorInfo> Outputs { get; }

    /// <summary>The declared output of a name, or null.</summary>
    /// <param name="name">A name, compared ordinally.</param>
    /// <returns>The declaration, or null when the model has no such output.</returns>
    public TensorInfo? FindOutput(string name) => Find(Outputs, name);

    /// <summary>Checks that a call brings exactly what the model declares.</summary>
    /// <param name="inputs">What the caller brought.</param>
    /// <exception cref="InvalidInputException">
    /// An input is missing, unknown, or has the wrong element type or shape. The error names it and what was expected.
    /// </exception>
    public void Validate(InferenceInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ImmutableArray<TensorInfo> required = Inputs;
        int matched = 0;
        for (int i = 0; i < inputs.Count; i++)
        {
            string name = inputs.NameAt(i);

            // Callers nearly always keep the model's order: look there before searching.
            TensorInfo? info = i < required.Length && required[i].Name == name ? required[i] : Find(required, name);
            if (info is not null)
            {
                matched++;
            }
            else
            {
                info = Find(OptionalInputs, name) ?? throw InvalidInputException.Unknown(name, this);
            }

            InputTensor tensor = inputs.TensorAt(i);
            if (tensor.ElementType != info.ElementType || !info.Accepts(tensor.Shape))
            {
                throw InvalidInputException.Mismatch(info, tensor);
            }
        }

        if (matched != required.Length)
        {
            throw InvalidInputException.Missing(FirstMissing(inputs), inputs);
        }
    }

    private static TensorInfo? Find(ImmutableArray<TensorInfo> list, string name)
    {
        foreach (TensorInfo info in list)
        {
            if (info.Name == name)
            {
                return info;
            }
        }

        return null;
    }

    private TensorInfo FirstMissing(InferenceInputs inputs)
    {
        foreach (TensorInfo info in Inputs)
        {
            if (!inputs.Contains(info.Name))
            {
                return info;
            }
        }

        throw new InvalidOperationException("Every declared input is there.");
    }
}
