using System.Diagnostics;

namespace Oml.Sdk.Tests.Support;

/// <summary>Runs the program that is there to be killed.</summary>
internal static class CrashProcess
{
    /// <summary>Starts it and waits for the line that says that it works.</summary>
    public static async Task<Process> StartAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        ProcessStartInfo start = new(host, [Path.Combine(AppContext.BaseDirectory, "Oml.Sdk.CrashHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return line is not null ? process : throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(cancellationToken));
    }
}
