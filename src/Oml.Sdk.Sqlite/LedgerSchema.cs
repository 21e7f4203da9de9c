using System.Globalization;
using Microsoft.Data.Sqlite;
using Oml.Sdk.Metering;

namespace Oml.Sdk.Sqlite;

/// <summary>The tables of a ledger: the steps that make them, one for each version. An older file takes those that it lacks.</summary>
/// <remarks>
/// A step is never changed once it was published. Processes of the version before may have the file open while it is brought up to date:
/// a step adds, and leaves what their statements use.
/// </remarks>
internal sealed class LedgerSchema(params IReadOnlyList<string> steps)
{
    /// <summary>"OMLu": tells a ledger from any other SQLite file.</summary>
    private const int ApplicationId = 0x4F4D4C75;

    // One row a permission. `granted` and `before` hold what the last statement gave, so that one statement can both change a row and
    // say what changed.
    private const string First = """
        CREATE TABLE permission (
            issuer TEXT NOT NULL,
            nonce BLOB NOT NULL,
            redeemed INTEGER NOT NULL DEFAULT 0,
            reserved INTEGER NOT NULL DEFAULT 0,
            granted INTEGER NOT NULL DEFAULT 0,
            chain INTEGER NOT NULL DEFAULT 0,
            before INTEGER NOT NULL DEFAULT 0,
            keep_until INTEGER NOT NULL,
            PRIMARY KEY (issuer, nonce)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX permission_keep_until ON permission (keep_until);
        CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), latest INTEGER NOT NULL) STRICT;
        """;

    /// <summary>The schema of this version of the library.</summary>
    public static LedgerSchema Current { get; } = new(First);

    public IReadOnlyList<string> Steps => steps;

    private int Version => steps.Count;

    /// <summary>Makes the tables in a file that has none.</summary>
    public void Create(SqliteConnection connection)
    {
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"));
        Upgrade(connection);
    }

    /// <summary>Takes the steps that a file lacks, all or none. One of several processes does it; the others wait and find it done.</summary>
    /// <returns>The version that the file was of.</returns>
    /// <remarks>Begins to write in any case, so that a file that others keep locked is refused when it is opened.</remarks>
    public long Upgrade(SqliteConnection connection)
    {
        Execute(connection, "BEGIN IMMEDIATE");
        try
        {
            long version = Number(connection, "PRAGMA user_version");
            for (long step = version; step < Version; step++)
            {
                Execute(connection, steps[(int)step]);
            }

            if (version < Version)
            {
                Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version}"));
            }

            Execute(connection, "COMMIT");
            return version;
        }
        catch
        {
            Execute(connection, "ROLLBACK");
            throw;
        }
    }

    /// <summary>Refuses what is no ledger, and what a later version of this library made. Only reads.</summary>
    /// <exception cref="UsageLedgerException">It is either.</exception>
    public void Check(SqliteConnection connection, string path)
    {
        if (ApplicationOf(connection) != ApplicationId)
        {
            throw new UsageLedgerException(
                $"'{path}' is a SQLite file of another program, or its first bytes are damaged. It was left as it is: choose another path for the " +
                "usage ledger, or restore a backup.");
        }

        long version = Number(connection, "PRAGMA user_version");
        if (version < 1)
        {
            throw Damaged(path);
        }

        if (version > Version)
        {
            throw new UsageLedgerException(
                $"The usage ledger '{path}' is of version {version}; this version of Oml.Sdk.Sqlite knows {Version}. Update it.");
        }
    }

    /// <summary>Finds most damage; a ledger is small.</summary>
    /// <exception cref="UsageLedgerException">It found some.</exception>
    public static void ThrowIfDamaged(SqliteConnection connection, string path)
    {
        if (Scalar(connection, "PRAGMA quick_check(1)") is not "ok")
        {
            throw Damaged(path);
        }
    }

    /// <summary>The program that a file says it is of; 0 if it says none.</summary>
    public static long ApplicationOf(SqliteConnection connection) => Number(connection, "PRAGMA application_id");

    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static UsageLedgerException Damaged(string path) => new(
        $"The usage ledger '{path}' is damaged. It was left as it is: restore a backup, or start a new file and settle what was sold " +
        "under the old one.");

    private static long Number(SqliteConnection connection, string sql) => Convert.ToInt64(Scalar(connection, sql), CultureInfo.InvariantCulture);

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
