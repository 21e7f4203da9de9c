using BenchmarkDotNet.Attributes;

namespace Oml.Sdk.Benchmarks.Overhead;

/// <summary>For the record with BenchmarkDotNet: what a session adds to a backend that does nothing.</summary>
[MemoryDiagnoser]
public class HotPathBenchmarks
{
    private const int Calls = 1_000;

    private readonly HotPath _path = new();

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls)]
    public void Backend() => _path.Backend(Calls);

    [Benchmark(OperationsPerInvoke = Calls)]
    public void Session() => _path.Session(Calls);
}
