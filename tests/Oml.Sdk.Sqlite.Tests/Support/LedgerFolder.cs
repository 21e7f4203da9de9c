using System.Diagnostics;

namespace Oml.Sdk.Sqlite.Tests.Support;

/// <summary>A folder with a ledger, and processes that use it.</summary>
internal sealed class LedgerFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-ledger-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "usage.db");

    public SqliteUsageLedger Open(TimeProvider? time = null, TimeSpan? busyTimeout = null) => SqliteUsageLedger.Open(
        new SqliteLedgerOptions { Path = Path, BusyTimeout = busyTimeout ?? TimeSpan.FromSeconds(10) }, time);

    public static Process Start(params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return Process.Start(new ProcessStartInfo(
            host, [System.IO.Path.Combine(AppContext.BaseDirectory, "Oml.Sdk.LedgerHost.dll"), .. arguments]) { RedirectStandardOutput = true })!;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
