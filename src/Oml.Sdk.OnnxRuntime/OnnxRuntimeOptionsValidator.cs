using Microsoft.Extensions.Options;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>The one validator of <see cref="OnnxRuntimeOptions"/>, for builders and hosts alike.</summary>
[OptionsValidator]
internal sealed partial class OnnxRuntimeOptionsValidator : IValidateOptions<OnnxRuntimeOptions>
{
    /// <summary>Refuses options that are out of range.</summary>
    public static void ThrowIfInvalid(OnnxRuntimeOptions options)
    {
        ValidateOptionsResult result = new OnnxRuntimeOptionsValidator().Validate(nameof(OnnxRuntimeOptions), options);
        if (result.Failed)
        {
            throw new OptionsValidationException(nameof(OnnxRuntimeOptions), typeof(OnnxRuntimeOptions), result.Failures);
        }
    }
}
