using Microsoft.Data.Sqlite;
using Oml.Sdk.Metering;
using SQLitePCL;

namespace Oml.Sdk.Sqlite;

/// <summary>Makes the file of a ledger, and opens one only when it is a ledger's.</summary>
internal static class LedgerFile
{
    private const int NoCheckpointOnClose = 1006;

    /// <summary>Makes a new ledger where there is no file. A file that is there is left alone, whatever it is.</summary>
    /// <returns>False if there was one, or somebody else was faster.</returns>
    /// <remarks>The name is given to a whole ledger only: who is killed before that leaves a file of another name, which nobody reads.</remarks>
    /// <exception cref="UsageLedgerException">There is the rest of a ledger, or none can be made here.</exception>
    public static bool Make(string path, LedgerSchema schema)
    {
        // The log first: it comes after its file and goes before it.
        bool hasLog = HasLog(path);
        if (File.Exists(path))
        {
            return false;
        }

        if (hasLog)
        {
            throw new UsageLedgerException(
                $"The usage ledger '{path}' is gone, but its log '{path}-wal' is there. Restore the file; or, to start a new one, delete the log " +
                "and settle what was sold under the old one.");
        }

        string beside = $"{path}.{Guid.NewGuid():n}.new";
        try
        {
            using (SqliteConnection connection = Connect(beside, SqliteOpenMode.ReadWriteCreate, 1))
            {
                LedgerSchema.Execute(connection, "PRAGMA synchronous = FULL");
                schema.Create(connection);
                LedgerSchema.Execute(connection, "PRAGMA journal_mode = WAL");
            }

            FileNames.Move(beside, path, overwrite: false);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteException)
        {
            Delete(beside);
            return File.Exists(path) ? false : error is SqliteException sqlite ? throw LedgerErrors.Of(sqlite, path) : throw new UsageLedgerException(
                $"The usage ledger '{path}' cannot be made: its folder must exist and be writable for this user.", error);
        }
    }

    /// <summary>Opens the file of a ledger. One that is refused is not written to.</summary>
    /// <exception cref="UsageLedgerException">The file is something else, of a later version, or damaged.</exception>
    /// <exception cref="SqliteException">SQLite cannot read it.</exception>
    public static SqliteConnection Open(string path, TimeSpan busyTimeout, LedgerSchema schema)
    {
        CheckHead(path, schema);

        // The provider tries again by itself for whole seconds, and takes 0 for "for ever".
        SqliteConnection connection = Connect(path, SqliteOpenMode.ReadWrite, Math.Max(1, (int)Math.Ceiling(busyTimeout.TotalSeconds)));
        try
        {
            // The last to close a file writes its log into it: not into one that is refused.
            _ = raw.sqlite3_db_config(connection.Handle, NoCheckpointOnClose, 1, out _);
            if (raw.sqlite3_db_readonly(connection.Handle, "main") != 0)
            {
                throw LedgerErrors.ReadOnlyFile(path);
            }

            LedgerSchema.Execute(connection, $"PRAGMA busy_timeout = {(int)busyTimeout.TotalMilliseconds}");
            schema.Check(connection, path);
            LedgerSchema.ThrowIfDamaged(connection, path);
            LedgerSchema.Execute(connection, "PRAGMA journal_mode = WAL");
            LedgerSchema.Execute(connection, "PRAGMA synchronous = FULL");
            _ = raw.sqlite3_db_config(connection.Handle, NoCheckpointOnClose, 0, out _);
            return connection;
        }
        catch
        {
            if (!HasLog(path))
            {
                // To read the file, SQLite made a log without an entry. There is nothing in it to write: closing takes it away again.
                _ = raw.sqlite3_db_config(connection.Handle, NoCheckpointOnClose, 0, out _);
            }

            connection.Dispose();
            throw;
        }
    }

    // "Immutable" reads the file alone, without locks, logs and journals, and leaves nothing beside it. Reading it without SQLite would not
    // do: closing a file drops the locks that other connections of this process hold on it.
    private static void CheckHead(string path, LedgerSchema schema)
    {
        if (new FileInfo(path) is { Exists: true, Length: 0 })
        {
            throw new UsageLedgerException(
                $"The usage ledger '{path}' is empty: it was cut off, or something else made it. It was left as it is: restore a backup; or, to " +
                $"start a new one, delete it and any '{path}-wal', and settle what was sold under the old one.");
        }

        using SqliteConnection connection = Connect(UriOf(path) + "?immutable=1", SqliteOpenMode.ReadOnly, 1);
        if (HasLog(path))
        {
            // A kill, or a full disk, while the log was written back leaves a first page that counts more pages than the file has yet. This keeps SQLite
            // from calling that damage here, where it must not look at the log; the connection reads alone.
            LedgerSchema.Execute(connection, "PRAGMA writable_schema = ON");
        }

        // With a log beside it, what says whose it is may be in the log only.
        if (LedgerSchema.ApplicationOf(connection) != 0 || !HasLog(path))
        {
            schema.Check(connection, path);
        }
    }

    private static bool HasLog(string path) => new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };

    private static SqliteConnection Connect(string source, SqliteOpenMode mode, int seconds)
    {
        SqliteConnection connection = new(
            new SqliteConnectionStringBuilder { DataSource = source, Mode = mode, Pooling = false, DefaultTimeout = seconds }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
            File.Delete(path + "-journal");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to tell; a file of this name is never read.
        }
    }

    // Class Uri leaves what looks like an escape, and SQLite does not.
    private static string UriOf(string path) => OperatingSystem.IsWindows()
        ? new Uri(path).AbsoluteUri
        : "file:" + path
            .Replace("%", "%25", StringComparison.Ordinal)
            .Replace("?", "%3f", StringComparison.Ordinal)
            .Replace("#", "%23", StringComparison.Ordinal);
}
