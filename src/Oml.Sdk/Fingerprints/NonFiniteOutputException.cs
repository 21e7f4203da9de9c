namespace Oml.Sdk.Fingerprints;

/// <summary>A model returned NaN or an infinity where a fingerprint was to be embedded. No unit was spent.</summary>
public sealed class NonFiniteOutputException : OmlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="outputName">The output.</param>
    /// <param name="row">The row, counted from 0 over all leading dimensions.</param>
    /// <param name="column">The place in the row, counted from 0.</param>
    public NonFiniteOutputException(string outputName, long row, long column)
        : base($"The output '{outputName}' holds NaN or an infinity at row {row}, column {column}; a fingerprint needs finite values. " +
            "Check the input and the model, or set NonFiniteOutputs to LeaveUnmarked to let such rows pass without a fingerprint.")
    {
        OutputName = outputName;
        Row = row;
        Column = column;
    }

    /// <summary>The output.</summary>
    public string OutputName { get; }

    /// <summary>The row, counted from 0 over all leading dimensions.</summary>
    public long Row { get; }

    /// <summary>The place in the row, counted from 0.</summary>
    public long Column { get; }
}
