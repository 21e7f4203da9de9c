using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Oml.Sdk.DependencyInjection;
using Oml.Sdk.OnnxRuntime;

namespace Oml.Sdk;

/// <summary>Puts ONNX Runtime under a registered model.</summary>
public static class OmlServiceBuilderExtensions
{
    /// <summary>Runs the model with ONNX Runtime and the default options.</summary>
    /// <param name="builder">The builder that <c>AddOml</c> returned.</param>
    /// <returns>The builder.</returns>
    public static OmlServiceBuilder UseOnnxRuntime(this OmlServiceBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        string name = builder.Name;
        builder.Services.AddOptions<OnnxRuntimeOptions>(name).ValidateOnStart();
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<OnnxRuntimeOptions>, OnnxRuntimeOptionsValidator>());
        return builder.ConfigureModel((services, model) =>
            model.UseOnnxRuntime(services.GetRequiredService<IOptionsMonitor<OnnxRuntimeOptions>>().Get(name)));
    }

    /// <summary>Runs the model with ONNX Runtime.</summary>
    /// <param name="builder">The builder that <c>AddOml</c> returned.</param>
    /// <param name="configure">Changes the options, which are validated at host start.</param>
    /// <returns>The builder.</returns>
    public static OmlServiceBuilder UseOnnxRuntime(this OmlServiceBuilder builder, Action<OnnxRuntimeOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        builder.UseOnnxRuntime();
        builder.Services.Configure(builder.Name, configure);
        return builder;
    }

    /// <summary>Runs the model with ONNX Runtime, with options from configuration.</summary>
    /// <param name="builder">The builder that <c>AddOml</c> returned.</param>
    /// <param name="configuration">The section that holds the options, e.g. <c>configuration.GetSection("Oml:OnnxRuntime")</c>.</param>
    /// <returns>The builder.</returns>
    public static OmlServiceBuilder UseOnnxRuntime(this OmlServiceBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configuration);
        builder.UseOnnxRuntime();
        builder.Services.AddOptions<OnnxRuntimeOptions>(builder.Name).Bind(configuration);
        return builder;
    }
}
