using System.Diagnostics;
using System.Globalization;

namespace Oml.Sdk.Fuzzing;

/// <summary>Fuzzes one target in this process, until its time is over or a defect is found.</summary>
internal sealed class Worker(FuzzTarget target, string output)
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(10);

    private byte[] _current = [];
    private long _startedAt = long.MaxValue;

    public int Run(TimeSpan duration, int seed)
    {
        CoverageMap coverage = new();
        List<byte[]> inputs = [.. Corpus.Read(target)];
        Mutator mutator = new(new Random(seed));
        StartWatching();
        long start = Stopwatch.GetTimestamp();
        long runs = 0;
        int seeds = inputs.Count;
        foreach (byte[] input in inputs.ToArray())
        {
            if (!TryRun(input))
            {
                return 1;
            }

            coverage.TakeNew();
        }

        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            byte[] input = mutator.Mutate(inputs);
            coverage.Reset();
            runs++;
            if (!TryRun(input))
            {
                return 1;
            }

            if (coverage.TakeNew())
            {
                inputs.Add(input);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Name,-18} {runs,9} runs {runs / duration.TotalSeconds,8:0}/s {coverage.Places,6} places {inputs.Count - seeds,5} new inputs, seed {seed}: no defect"));
        return 0;
    }

    private bool TryRun(byte[] input)
    {
        Volatile.Write(ref _current, input);
        Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
        string? defect = Execution.Run(target, input);
        Volatile.Write(ref _startedAt, long.MaxValue);
        if (defect is not null)
        {
            Report(defect, input);
        }

        return defect is null;
    }

    // A hang cannot be left from within; the process ends.
    private void StartWatching() => new Thread(() =>
    {
        while (true)
        {
            Thread.Sleep(500);
            long started = Volatile.Read(ref _startedAt);
            if (started != long.MaxValue && Stopwatch.GetElapsedTime(started) > LongestRun)
            {
                Report($"It ran for more than {LongestRun.TotalSeconds} s.", Volatile.Read(ref _current));
                Environment.Exit(1);
            }
        }
    })
    { IsBackground = true }.Start();

    private void Report(string defect, byte[] input)
    {
        Directory.CreateDirectory(output);
        string path = Path.Combine(output, $"{target.Name}-{Environment.ProcessId}.bin");
        File.WriteAllBytes(path, input);
        Console.WriteLine($"{target.Name}: DEFECT\n{defect}");
        Console.WriteLine($"The input is '{path}'" + (input.Length <= 512 ? $": {Convert.ToHexStringLower(input)}" : "."));
        Console.WriteLine($"Replay it: dotnet run --project tests/Oml.Sdk.Fuzzing -- --replay {target.Name} {path}");
    }
}
