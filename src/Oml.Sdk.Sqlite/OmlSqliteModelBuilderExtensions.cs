using Oml.Sdk.Sqlite;

namespace Oml.Sdk;

/// <summary>Keeps the usage of a model in a SQLite file.</summary>
public static class OmlSqliteModelBuilderExtensions
{
    /// <summary>Keeps usage in a SQLite file, which is opened when the model is built. The model owns it.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file; it is made if it is not there.</param>
    /// <param name="configure">Changes the options; none for the defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range.</exception>
    public static OmlModelBuilder UseSqliteLedger(this OmlModelBuilder builder, string path, Action<SqliteLedgerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        SqliteLedgerOptions options = new() { Path = path };
        configure?.Invoke(options);
        SqliteLedgerOptionsValidator.ThrowIfInvalid(options);
        return builder.UseLedger((time, loggers, _) => new(SqliteUsageLedger.Open(options, time, loggers)));
    }
}
