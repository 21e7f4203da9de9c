using BenchmarkDotNet.Attributes;

namespace Oml.Sdk.Benchmarks.Overhead;

/// <summary>For the record with BenchmarkDotNet: the bare session, the facade, and the facade with the fingerprint.</summary>
[MemoryDiagnoser]
public class OverheadBenchmarks
{
    private BareModel? _bare;
    private ProtectedModel? _permitted;
    private ProtectedModel? _marked;

    [ParamsSource(nameof(Names))]
    public string Model { get; set; } = string.Empty;

    public static IEnumerable<string> Names => BenchmarkModel.All.Select(model => model.Name);

    [GlobalSetup]
    public void SetUp()
    {
        BenchmarkModel model = BenchmarkModel.All.Single(candidate => candidate.Name == Model);
        _bare = new BareModel(model);
        _permitted = new ProtectedModel(model, _bare, fingerprint: false);
        _marked = new ProtectedModel(model, _bare, fingerprint: true);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _permitted?.Dispose();
        _marked?.Dispose();
        _bare?.Dispose();
    }

    [Benchmark(Baseline = true)]
    public float Bare() => _bare!.Infer();

    [Benchmark]
    public float Permitted() => _permitted!.Infer();

    [Benchmark]
    public float PermittedAndFingerprinted() => _marked!.Infer();
}
