using Microsoft.Extensions.Configuration;

namespace Oml.Sdk.AotChecks;

/// <summary>Configuration from a dictionary.</summary>
internal sealed class DictionarySource(Dictionary<string, string?> values) : ConfigurationProvider, IConfigurationSource
{
    public override void Load() => Data = values;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
