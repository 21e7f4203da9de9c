namespace Oml.Sdk.Inference;

/// <summary>A call's inputs do not fit the model's signature. The model did not run and no unit was spent.</summary>
public sealed class InvalidInputException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="inputName">The input that is wrong.</param>
    /// <param name="expected">What the model expects.</param>
    /// <param name="actual">What was given.</param>
    /// <param name="message">The whole story.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public InvalidInputException(string inputName, string expected, string actual, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        InputName = inputName;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>The input that is wrong.</summary>
    public string InputName { get; }

    /// <summary>What the model expects of it.</summary>
    public string Expected { get; }

    /// <summary>What was given.</summary>
    public string Actual { get; }

    internal static InvalidInputException Mismatch(TensorInfo info, InputTensor tensor)
    {
        string actual = tensor.ElementType + TensorShape.Format(tensor.Shape);
        return new(info.Name, info.Describe(), actual, $"The input '{info.Name}' must be {info.Describe()}; {actual} was given.");
    }

    internal static InvalidInputException Missing(TensorInfo info, InferenceInputs inputs)
    {
        string given = inputs.Count == 0 ? "no input" : string.Join(", ", inputs.Select(i => $"'{i.Key}'"));
        return new(info.Name, info.Describe(), "missing", $"The input '{info.Name}' ({info.Describe()}) is missing; {given} was given.");
    }

    internal static InvalidInputException Unknown(string name, ModelSignature signature)
    {
        string known = string.Join(", ", signature.Inputs.Concat(signature.OptionalInputs).Select(i => $"'{i.Name}' ({i.Describe()})"));
        return new(name, known, "unknown", $"The model has no input named '{name}'; it takes {known}.");
    }
}
