using Microsoft.Data.Sqlite;

namespace Oml.Sdk.LedgerHost;

/// <summary>Locks a ledger's file for writing, or for reading as well, until it is told to go on.</summary>
internal static class HoldLock
{
    public static async Task<int> RunAsync(string path, string locking)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"PRAGMA locking_mode = {locking}; BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        command.CommandText = "ROLLBACK";
        command.ExecuteNonQuery();
        Console.WriteLine("done");
        return 0;
    }
}
