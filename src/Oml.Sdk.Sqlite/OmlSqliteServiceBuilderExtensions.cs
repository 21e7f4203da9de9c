using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Oml.Sdk.DependencyInjection;
using Oml.Sdk.Sqlite;

namespace Oml.Sdk;

/// <summary>Keeps the usage of a registered model in a SQLite file.</summary>
/// <remarks>The ledger is opened and closed with the model. Models that share a file share it as processes do.</remarks>
public static class OmlSqliteServiceBuilderExtensions
{
    /// <summary>Keeps usage in a SQLite file.</summary>
    /// <param name="builder">The builder that <c>AddOml</c> returned.</param>
    /// <param name="path">The file; it is made if it is not there.</param>
    /// <param name="configure">Changes the options, which are validated at host start; none for the defaults.</param>
    /// <returns>The builder.</returns>
    public static OmlServiceBuilder UseSqliteLedger(this OmlServiceBuilder builder, string path, Action<SqliteLedgerOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AddCore(builder).Services.Configure<SqliteLedgerOptions>(builder.Name, options =>
        {
            options.Path = path;
            configure?.Invoke(options);
        });
        return builder;
    }

    /// <summary>Keeps usage in a SQLite file, with options from configuration.</summary>
    /// <param name="builder">The builder that <c>AddOml</c> returned.</param>
    /// <param name="configuration">The section that holds the options, e.g. <c>configuration.GetSection("Oml:Sqlite")</c>.</param>
    /// <returns>The builder.</returns>
    public static OmlServiceBuilder UseSqliteLedger(this OmlServiceBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        AddCore(builder).Services.AddOptions<SqliteLedgerOptions>(builder.Name).Bind(configuration);
        return builder;
    }

    private static OmlServiceBuilder AddCore(OmlServiceBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        string name = builder.Name;
        builder.Services.AddOptions<SqliteLedgerOptions>(name).ValidateOnStart();
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<SqliteLedgerOptions>, SqliteLedgerOptionsValidator>());
        return builder.ConfigureModel((services, model) =>
        {
            SqliteLedgerOptions options = services.GetRequiredService<IOptionsMonitor<SqliteLedgerOptions>>().Get(name);
            model.UseLedger((time, loggers, _) => new(SqliteUsageLedger.Open(options, time, loggers)));
        });
    }
}
