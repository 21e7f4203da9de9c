using Microsoft.Extensions.Options;

namespace Oml.Sdk.DependencyInjection;

/// <summary>The one validator of <see cref="OmlOptions"/>, at host start and when a model is built.</summary>
[OptionsValidator]
internal sealed partial class OmlOptionsValidator : IValidateOptions<OmlOptions>;
