// Fuzzes every decoder of untrusted bytes; docs/fuzzing.md.
using System.Globalization;
using Oml.Sdk.Fuzzing;
using SharpFuzz;

string output = Path.Combine(Environment.CurrentDirectory, "artifacts", "fuzz");
switch (args)
{
    case ["--seconds", string seconds]:
        return await Driver.RunAsync(FuzzTargets.All, Number(seconds), Environment.TickCount, output);
    case ["--seconds", string seconds, "--target", string name]:
        return await Driver.RunAsync([FuzzTargets.Find(name)], Number(seconds), Environment.TickCount, output);
    case ["--seconds", string seconds, "--target", string name, "--seed", string seed]:
        return await Driver.RunAsync([FuzzTargets.Find(name)], Number(seconds), Number(seed), output);
    case ["--work", string name, string seconds, string seed, string folder]:
        return new Worker(FuzzTargets.Find(name), folder).Run(TimeSpan.FromSeconds(Number(seconds)), Number(seed));
    case ["--replay", string name, string file]:
        string? defect = Execution.Run(FuzzTargets.Find(name), await File.ReadAllBytesAsync(file));
        Console.WriteLine(defect ?? "No defect.");
        return defect is null ? 0 : 1;
    case ["--write-corpus", string folder]:
        Corpus.Write(folder);
        return 0;
    case ["--instrument", string file]:
        Driver.Instrument(file);
        return 0;
    case ["--libfuzzer", string name]:
        FuzzTarget target = FuzzTargets.Find(name);
        Fuzzer.LibFuzzer.Run(input =>
        {
            if (Execution.Run(target, input.ToArray()) is { } wrong)
            {
                throw new InvalidOperationException(wrong);
            }
        });
        return 0;
    default:
        Console.Error.WriteLine(
            "Usage: dotnet run -c Release --project tests/Oml.Sdk.Fuzzing -- --seconds N [--target NAME [--seed N]] | --replay NAME FILE | " +
            "--write-corpus FOLDER | --instrument FILE | --libfuzzer NAME");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
