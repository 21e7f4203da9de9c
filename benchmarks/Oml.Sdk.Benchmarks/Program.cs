// The project's measurements. `overhead` and `kernels` take less than two minutes each, print one table and write
// artifacts/bench/<command>.json; `bdn` runs the same comparisons under BenchmarkDotNet, for reports that are kept.
using BenchmarkDotNet.Running;
using Oml.Sdk.Benchmarks;
using Oml.Sdk.Benchmarks.Overhead;

switch (args)
{
    case ["overhead"]:
        return OverheadComparison.Run();
    case ["kernels"]:
        return KernelComparison.Run();
    case ["bdn", ..]:
        BenchmarkSwitcher.FromAssembly(typeof(OverheadBenchmarks).Assembly).Run(args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("Usage: dotnet run -c Release --project benchmarks/Oml.Sdk.Benchmarks -- overhead | kernels | bdn [--filter '*']");
        return 2;
}
