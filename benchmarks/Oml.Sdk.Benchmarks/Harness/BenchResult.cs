namespace Oml.Sdk.Benchmarks.Harness;

/// <summary>One measured value.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The value.</param>
/// <param name="Unit">Its unit; "ratio" for a quotient of two times.</param>
/// <param name="Target">The most that the budget allows; null for information only.</param>
internal sealed record BenchResult(string Name, double Value, string Unit, double? Target)
{
    /// <summary>Whether the budget is kept; null for information only.</summary>
    public bool? Met => Target is { } target ? Value <= target : null;
}
