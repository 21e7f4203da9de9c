using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Oml.Sdk.Sqlite.Tests.Support;

/// <summary>A folder with a ledger, and processes that use it.</summary>
internal sealed class LedgerFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-ledger-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "usage.db");

    public SqliteUsageLedger Open(TimeProvider? time = null, TimeSpan? busyTimeout = null) => SqliteUsageLedger.Open(
        new SqliteLedgerOptions { Path = Path, BusyTimeout = busyTimeout ?? TimeSpan.FromSeconds(10) }, time);

    public SqliteUsageLedger Open(LedgerSchema schema, ILoggerFactory? loggers = null) =>
        SqliteUsageLedger.Open(new SqliteLedgerOptions { Path = Path }, TimeProvider.System, loggers ?? NullLoggerFactory.Instance, schema);

    /// <summary>Every file of the folder, by its name.</summary>
    public Dictionary<string, string> Bytes() => _folder.GetFiles().ToDictionary(file => file.Name, file => Convert.ToHexString(File.ReadAllBytes(file.FullName)));

    /// <summary>Has another program run a statement on the file.</summary>
    public void Execute(string sql)
    {
        using SqliteConnection connection = new($"Data Source={Path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Leaves the file and its log as a process that was killed does: copied while a connection has them open.</summary>
    public void LeaveLog(string sql = "PRAGMA user_version = 1")
    {
        using SqliteConnection connection = new($"Data Source={Path};Pooling=False");
        connection.Open();
        LedgerSchema.Execute(connection, sql);
        string copy = Path + ".copy";
        File.Copy(Path, copy);
        File.Copy(Path + "-wal", copy + "-wal");
        connection.Close();
        File.Move(copy, Path, overwrite: true);
        File.Move(copy + "-wal", Path + "-wal", overwrite: true);
        new FileInfo(Path + "-wal").Length.Should().BePositive();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
