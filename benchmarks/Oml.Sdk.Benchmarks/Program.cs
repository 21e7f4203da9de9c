// The project's measurements. `overhead`, `kernels`, `fingerprints`, `power`, `permissions` and `ledger` take about two minutes or less each, `tokens`
// some more. Each prints one table and writes
// artifacts/bench/<command>.json; `bdn` runs the same comparisons under BenchmarkDotNet, for reports that are kept.
using BenchmarkDotNet.Running;
using Oml.Sdk.Benchmarks;
using Oml.Sdk.Benchmarks.Fingerprints;
using Oml.Sdk.Benchmarks.Ledgers;
using Oml.Sdk.Benchmarks.Overhead;
using Oml.Sdk.Benchmarks.Permissions;
using Oml.Sdk.Benchmarks.Power;
using Oml.Sdk.Benchmarks.Sealing;
using Oml.Sdk.Benchmarks.Tokens;

switch (args)
{
    case ["overhead"]:
        return OverheadComparison.Run();
    case ["kernels"]:
        return KernelComparison.Run();
    case ["seal"]:
        return await SealComparison.RunAsync();
    case ["seal", "--gigabytes", string size] when int.TryParse(size, out int gigabytes) && gigabytes > 0:
        return await StreamComparison.RunAsync(gigabytes);
    case [string command, string kind, string path, string keys, string prepack] when LoadProbe.IsCommand(command):
        return await LoadProbe.RunAsync(kind, path, keys, prepack == "1");
    case ["fingerprints"]:
        return FingerprintComparison.Run();
    case ["power"]:
        return PowerComparison.Run();
    case ["power", string part]:
        return PowerComparison.Run(part);
    case ["permissions"]:
        return await PermissionComparison.RunAsync();
    case ["ledger"]:
        return await LedgerComparison.RunAsync();
    case ["tokens"]:
        return TokenComparison.Run();
    case ["tokens", string part]:
        return TokenComparison.Run(part);
    case ["bdn", ..]:
        BenchmarkSwitcher.FromAssembly(typeof(OverheadBenchmarks).Assembly).Run(args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("Usage: dotnet run -c Release --project benchmarks/Oml.Sdk.Benchmarks -- overhead | kernels | seal [--gigabytes N] | fingerprints | power [PART] | permissions | ledger | tokens [PART] | bdn [--filter '*']");
        return 2;
}
