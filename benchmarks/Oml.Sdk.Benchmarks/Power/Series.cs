namespace Oml.Sdk.Benchmarks.Power;

/// <summary>A curve of a picture.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="X">Positions.</param>
/// <param name="Y">As many values.</param>
/// <param name="Colour">Which colour of the palette.</param>
/// <param name="Style">Which pattern and marker.</param>
internal sealed record Series(string Name, double[] X, double[] Y, int Colour, int Style);
