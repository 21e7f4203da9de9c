using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Oml.Sdk.DependencyInjection;

namespace Oml.Sdk;

/// <summary>Registers models in hosted services.</summary>
/// <remarks>
/// Registering twice is registering once: settings add up. The model is a singleton, built at host start (or by whoever asks
/// first, when <see cref="OmlOptions.WarmUp"/> is off) and disposed with the host. A clock, a logger factory and a usage ledger
/// that are among the services are used.
/// </remarks>
public static class OmlServiceCollectionExtensions
{
    /// <summary>Registers an <see cref="OmlModel"/>, whose options other code sets.</summary>
    /// <param name="services">The services.</param>
    /// <returns>A builder that says more, e.g. <c>UseOnnxRuntime()</c>.</returns>
    public static OmlServiceBuilder AddOml(this IServiceCollection services)
    {
        OmlServiceBuilder builder = AddCore(services, Options.DefaultName);
        services.TryAddSingleton(static provider => Resolve(provider, Options.DefaultName));
        return builder;
    }

    /// <summary>Registers an <see cref="OmlModel"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>A builder that says more, e.g. <c>UseOnnxRuntime()</c>.</returns>
    public static OmlServiceBuilder AddOml(this IServiceCollection services, Action<OmlOptions> configure) =>
        Configure(services.AddOml(), configure);

    /// <summary>Registers an <see cref="OmlModel"/> with options from configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section that holds the options, e.g. <c>configuration.GetSection("Oml")</c>.</param>
    /// <returns>A builder that says more, e.g. <c>UseOnnxRuntime()</c>.</returns>
    public static OmlServiceBuilder AddOml(this IServiceCollection services, IConfiguration configuration) =>
        Bind(services.AddOml(), configuration);

    /// <summary>Registers an <see cref="OmlModel"/> under a key, so that a host can have several; other code sets its options.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The key, and the name of the options.</param>
    /// <returns>A builder that says more, e.g. <c>UseOnnxRuntime()</c>.</returns>
    public static OmlServiceBuilder AddKeyedOml(this IServiceCollection services, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        OmlServiceBuilder builder = AddCore(services, name);
        services.TryAddKeyedSingleton(name, static (provider, key) => Resolve(provider, (string)key!));
        return builder;
    }

    /// <summary>Registers an <see cref="OmlModel"/> under a key, so that a host can have several.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The key, and the name of the options.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>A builder that says more, e.g. <c>UseOnnxRuntime()</c>.</returns>
    public static OmlServiceBuilder AddKeyedOml(this IServiceCollection services, string name, Action<OmlOptions> configure) =>
        Configure(services.AddKeyedOml(name), configure);

    /// <summary>Registers an <see cref="OmlModel"/> under a key with options from configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The key, and the name of the options.</param>
    /// <param name="configuration">The section that holds the options.</param>
    /// <returns>A builder that says more, e.g. <c>UseOnnxRuntime()</c>.</returns>
    public static OmlServiceBuilder AddKeyedOml(this IServiceCollection services, string name, IConfiguration configuration) =>
        Bind(services.AddKeyedOml(name), configuration);

    /// <summary>Adds a health check of every registered model, named <c>oml</c>.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="tags">Tags, e.g. <c>ready</c>.</param>
    /// <returns>The health checks.</returns>
    public static IHealthChecksBuilder AddOmlHealthCheck(this IHealthChecksBuilder builder, params string[] tags)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            "oml",
            static services => new OmlHealthCheck(services.GetRequiredService<OmlModelHosts>()),
            failureStatus: null,
            tags));
    }

    private static OmlServiceBuilder AddCore(IServiceCollection services, string name)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<OmlOptions>(name).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OmlOptions>, OmlOptionsValidator>());
        services.AddSingleton(new OmlRegistration(name));
        services.TryAddSingleton<OmlModelHosts>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OmlWarmUpService>());
        return new OmlServiceBuilder(services, name);
    }

    private static OmlServiceBuilder Configure(OmlServiceBuilder builder, Action<OmlOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.Configure(builder.Name, configure);
        return builder;
    }

    private static OmlServiceBuilder Bind(OmlServiceBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        builder.Services.AddOptions<OmlOptions>(builder.Name).Bind(configuration);
        return builder;
    }

    private static OmlModel Resolve(IServiceProvider provider, string name) =>
        provider.GetRequiredService<OmlModelHosts>()[name].GetAsync().GetAwaiter().GetResult();
}
