using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Oml.Sdk.DependencyInjection;
using Oml.Sdk.Redis;

namespace Oml.Sdk;

/// <summary>Keeps the usage of a registered model on a Redis server.</summary>
/// <remarks>The ledger is opened and closed with the model.</remarks>
public static class OmlRedisServiceBuilderExtensions
{
    /// <summary>Keeps usage on a Redis server.</summary>
    /// <param name="builder">The builder that <c>AddOml</c> returned.</param>
    /// <param name="connectionString">The connection string in the form of StackExchange.Redis, e.g. <c>localhost:6379</c>.</param>
    /// <param name="configure">Changes the options, which are validated at host start; none for the defaults.</param>
    /// <returns>The builder.</returns>
    public static OmlServiceBuilder UseRedisLedger(
        this OmlServiceBuilder builder, string connectionString, Action<RedisLedgerOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        AddCore(builder).Services.Configure<RedisLedgerOptions>(builder.Name, options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
        return builder;
    }

    /// <summary>Keeps usage on a Redis server, with options from configuration.</summary>
    /// <param name="builder">The builder that <c>AddOml</c> returned.</param>
    /// <param name="configuration">The section that holds the options, e.g. <c>configuration.GetSection("Oml:Redis")</c>.</param>
    /// <returns>The builder.</returns>
    public static OmlServiceBuilder UseRedisLedger(this OmlServiceBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        AddCore(builder).Services.AddOptions<RedisLedgerOptions>(builder.Name).Bind(configuration);
        return builder;
    }

    /// <summary>Adds a health check of every Redis ledger that was registered, named <c>oml-redis-ledger</c>: asks the servers, and sees fences.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="tags">Tags, e.g. <c>ready</c>.</param>
    /// <returns>The health checks.</returns>
    public static IHealthChecksBuilder AddOmlRedisLedgerHealthCheck(this IHealthChecksBuilder builder, params string[] tags)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            "oml-redis-ledger",
            static services => new RedisLedgerHealthCheck(
                services.GetServices<RedisLedgerRegistration>().Select(registration => registration.Name).Distinct()
                    .Select(name => services.GetRequiredKeyedService<RedisLedgerHost>(name))),
            failureStatus: null,
            tags));
    }

    /// <summary>Finds the ledger of a registered model, e.g. to reopen it after a failover; opens it if nobody has yet.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">The model's key; the empty string for the model without one.</param>
    /// <returns>The ledger, which the model owns. One that was opened after the model was disposed is the caller's to dispose.</returns>
    /// <remarks>An opening that failed is tried again by the next caller; callers that meet share one attempt.</remarks>
    /// <exception cref="InvalidOperationException">No model of that name was registered with <c>UseRedisLedger</c>.</exception>
    /// <exception cref="Metering.UsageLedgerException">The ledger could not be opened.</exception>
    public static async ValueTask<RedisUsageLedger> GetRedisLedgerAsync(this IServiceProvider services, string name = "")
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        return await services.GetRequiredKeyedService<RedisLedgerHost>(name).GetAsync().ConfigureAwait(false);
    }

    private static OmlServiceBuilder AddCore(OmlServiceBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        string name = builder.Name;
        builder.Services.AddOptions<RedisLedgerOptions>(name).ValidateOnStart();
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<RedisLedgerOptions>, RedisLedgerOptionsValidator>());
        builder.Services.AddSingleton(new RedisLedgerRegistration(name));
        builder.Services.TryAddKeyedSingleton(name, static (services, key) => new RedisLedgerHost(services, (string)key!));
        return builder.ConfigureModel((services, model) => model.UseLedger(
            async (_, _, _) => await services.GetRequiredKeyedService<RedisLedgerHost>(name).GetAsync().ConfigureAwait(false)));
    }
}
