using System.Diagnostics;

namespace Oml.Sdk.Tests.Support;

/// <summary>One of many processes that use a ledger. It waits for its start signal, and ends when this process does.</summary>
internal sealed class HostProcess
{
    private readonly Process _process;

    private HostProcess(Process process) => _process = process;

    /// <summary>Starts it and waits until it stands at the line.</summary>
    /// <param name="program">The name of its assembly, which is beside this one's.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<HostProcess> StartAsync(string program, params string[] arguments)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        ProcessStartInfo start = new(dotnet, [Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        HostProcess host = new(Process.Start(start)!);
        await host.ReadAsync();
        return host;
    }

    /// <summary>Lets it go, and returns what it prints at the end.</summary>
    public async Task<string> GoAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        string line = await ReadAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        return line;
    }

    private async Task<string> ReadAsync() => await _process.StandardOutput.ReadLineAsync()
        ?? throw new InvalidOperationException(await _process.StandardError.ReadToEndAsync());
}
