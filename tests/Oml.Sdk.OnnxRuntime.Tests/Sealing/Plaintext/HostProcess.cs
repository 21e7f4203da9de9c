using System.Diagnostics;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

/// <summary>Runs the program that opens a sealed model, or leaks on purpose, confined to a watched folder.</summary>
internal static class HostProcess
{
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(
        WatchedFolder watched, string[] arguments, bool telemetry, string[] tracer, CancellationToken cancellationToken)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] command = [.. tracer, dotnet, Path.Combine(AppContext.BaseDirectory, "Oml.Sdk.LoadHost.dll"), .. arguments];
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        watched.Confine(start);
        RuntimeTelemetry.Set(start, telemetry);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(await errors);
    }
}
