using Oml.Sdk.Inference;
using Oml.Sdk.OnnxRuntime;

namespace Oml.Sdk;

/// <summary>Puts ONNX Runtime under a model.</summary>
public static class OmlModelBuilderExtensions
{
    /// <summary>Runs the model with ONNX Runtime.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the options; none for the defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range.</exception>
    public static OmlModelBuilder UseOnnxRuntime(this OmlModelBuilder builder, Action<OnnxRuntimeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        OnnxRuntimeOptions options = new();
        configure?.Invoke(options);
        return builder.UseOnnxRuntime(options);
    }

    internal static OmlModelBuilder UseOnnxRuntime(this OmlModelBuilder builder, OnnxRuntimeOptions options)
    {
        OnnxRuntimeOptionsValidator.ThrowIfInvalid(options);
        return builder.UseBackend(
            (source, loggers, _) => new ValueTask<IInferenceBackend>(OnnxRuntimeBackend.Load(source, options, loggers)),
            OnnxRuntimeBackend.ArrivalFor(options));
    }
}
