using Oml.Sdk.Redis;

namespace Oml.Sdk;

/// <summary>Keeps the usage of a model on a Redis server.</summary>
public static class OmlRedisModelBuilderExtensions
{
    /// <summary>Keeps usage on a Redis server, which is connected to when the model is built. The model owns the connection.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">The connection string in the form of StackExchange.Redis, e.g. <c>localhost:6379</c>.</param>
    /// <param name="configure">Changes the options; none for the defaults.</param>
    /// <returns>The builder.</returns>
    /// <remarks>To share a connection, or to reopen a ledger that was fenced, open a <see cref="RedisUsageLedger"/> and give it to
    /// <see cref="OmlModelBuilder.UseLedger(Metering.IUsageLedger)"/>.</remarks>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range.</exception>
    public static OmlModelBuilder UseRedisLedger(
        this OmlModelBuilder builder, string connectionString, Action<RedisLedgerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        RedisLedgerOptions options = new() { ConnectionString = connectionString };
        configure?.Invoke(options);
        RedisLedgerOptionsValidator.ThrowIfInvalid(options);
        return builder.UseLedger(async (time, loggers, cancellationToken) =>
            await RedisUsageLedger.OpenAsync(options, time, loggers, cancellationToken).ConfigureAwait(false));
    }
}
