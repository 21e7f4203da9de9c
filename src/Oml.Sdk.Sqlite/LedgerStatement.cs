using Microsoft.Data.Sqlite;

namespace Oml.Sdk.Sqlite;

/// <summary>A prepared statement with its parameters. For one thread.</summary>
internal sealed class LedgerStatement : IDisposable
{
    private readonly SqliteCommand _command;

    public LedgerStatement(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        foreach (string parameter in parameters)
        {
            _command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        _command.Prepare();
    }

    /// <summary>Runs it.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Execute(params ReadOnlySpan<object> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    /// <summary>Runs it and reads the numbers of its one row.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryRead(Span<long> row, params ReadOnlySpan<object> values)
    {
        Bind(values);
        using SqliteDataReader reader = _command.ExecuteReader();
        if (!reader.Read())
        {
            return false;
        }

        for (int i = 0; i < row.Length; i++)
        {
            row[i] = reader.GetInt64(i);
        }

        return true;
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i];
        }
    }
}
