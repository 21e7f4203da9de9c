using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing.Manifest;

namespace Oml.Sdk.Sealing;

/// <summary>What the publisher says about a model, and how it is sealed.</summary>
public sealed class SealOptions
{
    /// <summary>The name of the model, 1 to 256 bytes of UTF-8. Anybody can read it.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the model, 1 to 128 bytes of UTF-8. Anybody can read it.</summary>
    /// <value>The default is <c>1</c>.</value>
    public string Version { get; init; } = "1";

    /// <summary>What else to say: at most 64 texts of at most 4096 bytes under keys of at most 128. Anybody can read it.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the graph may hold <c>EPContext</c> nodes, which carry native code for an execution provider.</summary>
    /// <value>The default is false: such a graph is refused.</value>
    public bool AllowEPContext { get; init; }

    /// <summary>Whether a file that is there already is replaced.</summary>
    /// <value>The default is false.</value>
    public bool Overwrite { get; init; }

    /// <summary>How many threads encrypt and hash; each needs about 2 MiB.</summary>
    /// <value>The default is 0: one for each processor, 32 at most.</value>
    public int Workers { get; init; }

    internal int WorkerCount => Workers > 0 ? Workers : Math.Clamp(Environment.ProcessorCount, 1, 32);

    internal void Validate(string parameterName)
    {
        ClaimText.Check(Name, SealedLimits.MaxNameBytes, "The name of a model", parameterName);
        ClaimText.Check(Version, SealedLimits.MaxVersionBytes, "The version of a model", parameterName);
        if (Workers is < 0 or > 64)
        {
            throw new ArgumentOutOfRangeException(parameterName, Workers, "The number of workers is 0 (one a processor) to 64.");
        }

        if (Metadata.Count > SealedLimits.MaxMetadata)
        {
            throw new ArgumentException(
                $"A model has at most {SealedLimits.MaxMetadata} pieces of metadata; there are {Metadata.Count}.", parameterName);
        }

        foreach ((string key, string value) in Metadata)
        {
            ClaimText.Check(key, SealedLimits.MaxMetadataKeyBytes, "A key of the metadata", parameterName);
            ClaimText.Check(value, SealedLimits.MaxMetadataValueBytes, $"The metadata '{key}'", parameterName);
        }
    }
}
