using System.Globalization;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

/// <summary>What a process that opened and ran a sealed model said.</summary>
/// <param name="Outputs">What the model computed.</param>
/// <param name="Written">Bytes given to write calls, and bytes of files made dirty, while it did; empty where nothing counts them.</param>
internal sealed record LoadRun(float[] Outputs, long[] Written)
{
    public static async Task<LoadRun> RunAsync(
        LicensedModel model, WatchedFolder watched, bool telemetry, string[] tracer, CancellationToken cancellationToken)
    {
        string output = await HostProcess.RunAsync(watched, ["load", model.Folder], telemetry, tracer, cancellationToken);
        Dictionary<string, string[]> lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ')).ToDictionary(words => words[0], words => words[1..]);
        return new LoadRun(
            [.. lines["outputs"].Select(value => float.Parse(value, CultureInfo.InvariantCulture))],
            [.. lines["before"].Zip(lines["after"], (before, after) => Number(after) - Number(before))]);

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }
}
