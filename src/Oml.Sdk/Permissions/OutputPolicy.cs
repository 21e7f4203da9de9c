namespace Oml.Sdk.Permissions;

/// <summary>How much of a model's outputs a permission lets through. Immutable and thread-safe.</summary>
/// <remarks>
/// Each row, that is the last dimension, of every output is restricted, after the fingerprint was embedded. Only Float32 outputs can
/// be; a model with others is refused under a permission that has a policy. docs/spec/permission.md §5 says what becomes of each value.
/// </remarks>
public sealed class OutputPolicy
{
    /// <summary>The most decimals that a policy can ask for: 7. A Float32 holds no more.</summary>
    public const int MaxDecimals = 7;

    private OutputPolicy(int? topK, bool isLabelOnly, int? decimals)
    {
        TopK = topK;
        IsLabelOnly = isLabelOnly;
        Decimals = decimals;
    }

    /// <summary>How many of the largest values of a row are kept, or null for all; the others become −∞.</summary>
    public int? TopK { get; }

    /// <summary>Whether a row says only where its largest value was: 1 there, 0 elsewhere.</summary>
    public bool IsLabelOnly { get; }

    /// <summary>To how many decimals values are rounded, 0 to 7, or null for not at all.</summary>
    public int? Decimals { get; }

    /// <summary>Keeps the largest values of each row.</summary>
    /// <param name="k">How many, 1 or more.</param>
    /// <param name="decimals">To how many decimals they are rounded, 0 to 7; null for not at all.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static OutputPolicy KeepTop(int k, int? decimals = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return new(k, isLabelOnly: false, Checked(decimals));
    }

    /// <summary>Says only where the largest value of each row was.</summary>
    /// <returns>The policy.</returns>
    public static OutputPolicy LabelOnly() => new(null, isLabelOnly: true, null);

    /// <summary>Keeps every value, rounded; the largest of a row stays where it was.</summary>
    /// <param name="decimals">To how many decimals, 0 to 7.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of its range.</exception>
    public static OutputPolicy Round(int decimals) => new(null, isLabelOnly: false, Checked(decimals));

    /// <summary>What it lets through.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        string form = IsLabelOnly ? "the label" : TopK is { } k ? $"the largest {k}" : "every value";
        return Decimals is { } decimals ? $"{form}, {decimals} decimals" : form;
    }

    private static int? Checked(int? decimals)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(decimals ?? 0, nameof(decimals));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(decimals ?? 0, MaxDecimals, nameof(decimals));
        return decimals;
    }
}
