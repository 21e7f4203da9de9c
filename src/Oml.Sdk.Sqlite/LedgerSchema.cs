using System.Globalization;
using Microsoft.Data.Sqlite;
using Oml.Sdk.Metering;

namespace Oml.Sdk.Sqlite;

/// <summary>The tables of a ledger, made when the file is new and brought up to date when it is older.</summary>
internal static class LedgerSchema
{
    /// <summary>"OMLu": tells a ledger from any other SQLite file.</summary>
    private const int ApplicationId = 0x4F4D4C75;
    private const int Version = 1;

    // One row a permission. `granted` and `before` hold what the last statement gave, so that one statement can both change a row and
    // say what changed.
    private const string Tables = """
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

    /// <exception cref="UsageLedgerException">The file is something else, of a later version, or damaged.</exception>
    public static void Ensure(SqliteConnection connection, string path)
    {
        // Fails on what is no database, and finds most damage; a ledger is small.
        if (Scalar(connection, "PRAGMA quick_check(1)") is not "ok")
        {
            throw new UsageLedgerException(
                $"The usage ledger '{path}' is damaged. It was left as it is: restore a backup, or start a new file and settle what was sold " +
                "under the old one.");
        }

        Execute(connection, "BEGIN IMMEDIATE");
        try
        {
            Migrate(connection, path);
            Execute(connection, "COMMIT");
        }
        catch
        {
            Execute(connection, "ROLLBACK");
            throw;
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Migrate(SqliteConnection connection, string path)
    {
        long application = Number(connection, "PRAGMA application_id");
        long version = Number(connection, "PRAGMA user_version");
        bool isNew = application == 0 && version == 0 && Number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && application != ApplicationId)
        {
            throw new UsageLedgerException($"'{path}' is a SQLite file of another program; choose another path for the usage ledger.");
        }

        if (version > Version)
        {
            throw new UsageLedgerException(
                $"The usage ledger '{path}' is of version {version}; this version of Oml.Sdk.Sqlite knows {Version}. Update it.");
        }

        if (isNew)
        {
            Execute(connection, Tables);
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"));
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version}"));
        }
    }

    private static long Number(SqliteConnection connection, string sql) => Convert.ToInt64(Scalar(connection, sql), CultureInfo.InvariantCulture);

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
