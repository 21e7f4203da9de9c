using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Oml.Sdk.Inference;
using Oml.Sdk.OnnxRuntime;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Loading;

namespace Oml.Sdk.Benchmarks.Sealing;

/// <summary>Loads a large model and runs it once, in a process of its own, so that its memory can be told from everything else's.</summary>
internal static class LoadProbe
{
    private const string Command = "seal-probe";

    /// <summary>What one process measured.</summary>
    /// <param name="Seconds">From opening the model to its first output.</param>
    /// <param name="PeakBytes">The most memory that was resident, beyond what was before.</param>
    public readonly record struct Result(double Seconds, long PeakBytes);

    public static bool IsCommand(string command) => command == Command;

    /// <summary>Runs the probe in another process.</summary>
    public static Result Start(string kind, string path, string keys, bool prepack)
    {
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Command, kind, path, keys, prepack ? "1" : "0"])
        {
            RedirectStandardOutput = true,
        })!;
        string[] words = process.StandardOutput.ReadToEnd().Trim().Split(' ');
        process.WaitForExit();
        return process.ExitCode == 0
            ? new Result(double.Parse(words[^2], CultureInfo.InvariantCulture), long.Parse(words[^1], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The probe '{kind}' of '{path}' failed.");
    }

    /// <summary>The probe itself.</summary>
    public static async Task<int> RunAsync(string kind, string path, string keys, bool prepack)
    {
        long before = Memory("VmRSS:");
        OnnxRuntimeOptions options = new() { Prepacking = prepack ? Prepacking.On : Prepacking.Off };
        string[] lines = await File.ReadAllLinesAsync(keys);
        using ContentKey key = ContentKey.Import(Convert.FromHexString(lines[0]));
        IssuerPublicKey publisher = IssuerPublicKey.ImportSubjectPublicKeyInfo(Convert.FromHexString(lines[1]));
        InferenceInputs inputs = new InferenceInputs().Add("x", new float[LargeModel.Width], 1, LargeModel.Width);
        long start = Stopwatch.GetTimestamp();
        await using IInferenceBackend backend = kind == "sealed" ? await SealedAsync(path, publisher, key, options) : OnnxRuntimeBackend.Load(ModelSource.FromFile(path), options);
        using InferenceOutputs outputs = await backend.InferAsync(inputs);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds} {Memory("VmHWM:") - before}"));
        return 0;
    }

    private static async Task<IInferenceBackend> SealedAsync(string path, IssuerPublicKey publisher, ContentKey key, OnnxRuntimeOptions options)
    {
        using SealedModel model = SealedModel.Open(path, publisher);
        using UnlockedModel contents = model.Unlock(key);
        return await SealedModelLoader.LoadAsync(
            contents,
            path,
            (source, loggers, _) => new(OnnxRuntimeBackend.Load(source, options, loggers)),
            NullLoggerFactory.Instance,
            default,
            OnnxRuntimeBackend.ArrivalFor(options));
    }

    private static long Memory(string field)
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(field.Length, line.Length - field.Length - 3), CultureInfo.InvariantCulture) * 1024;
            }
        }

        throw new PlatformNotSupportedException("Peak memory is read from /proc.");
    }
}
