using System.Diagnostics;
using System.Globalization;
using SharpFuzz;

namespace Oml.Sdk.Fuzzing;

/// <summary>Instruments a copy of the library and fuzzes its targets side by side, each in a process of its own.</summary>
internal static class Driver
{
    private const string Library = "Oml.Sdk.dll";

    public static async Task<int> RunAsync(IReadOnlyList<FuzzTarget> targets, int seconds, int seed, string output)
    {
        DirectoryInfo copy = Directory.CreateTempSubdirectory("oml-fuzz-");
        try
        {
            Copy(AppContext.BaseDirectory, copy.FullName);
            Instrument(Path.Combine(copy.FullName, Library));
            string program = Path.Combine(copy.FullName, Path.GetFileName(typeof(Driver).Assembly.Location));
            int[] results = new int[targets.Count];
            await Parallel.ForAsync(0, targets.Count, async (i, cancellationToken) =>
            {
                results[i] = await StartAsync(program, targets[i].Name, seconds, seed, output, cancellationToken);
            });
            return results.Max();
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    /// <summary>Writes into an assembly where its branches are, for libFuzzer, AFL or the worker of this program to count.</summary>
    public static void Instrument(string path)
    {
        int types = Fuzzer.Instrument(path, _ => true, Options.Value).Count();
        Console.WriteLine($"Instrumented '{Path.GetFileName(path)}': {types} types.");
    }

    private static async Task<int> StartAsync(string program, string target, int seconds, int seed, string output, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [program, "--work", target, seconds.ToString(CultureInfo.InvariantCulture), seed.ToString(CultureInfo.InvariantCulture), output]))!;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode > 1)
        {
            Console.WriteLine($"{target}: DEFECT\nThe process ended with {process.ExitCode}.");
        }

        return process.ExitCode == 0 ? 0 : 1;
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
