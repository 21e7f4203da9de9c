namespace Oml.Sdk.Benchmarks.Power;

/// <summary>What is done to a marked row, in place, before an auditor sees it.</summary>
/// <param name="row">The row.</param>
/// <param name="amplitude">How much marking changed an element, as a root mean square.</param>
/// <param name="random">For changes that are random.</param>
internal delegate void Change(Span<float> row, double amplitude, Random random);
