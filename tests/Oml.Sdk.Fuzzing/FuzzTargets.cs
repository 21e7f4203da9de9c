using Oml.Sdk.Fuzzing.Targets;

namespace Oml.Sdk.Fuzzing;

/// <summary>Every decoder of untrusted bytes that the library has.</summary>
public static class FuzzTargets
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new PermissionTarget(), new PermissionClaimsTarget(), new PossessionProofTarget(), new SealedModelTarget(), new ManifestTarget(),
        new ReceiptTarget(), new OfflineReceiptTarget(), new KeyFileTarget(), new IssuerKeyTarget(), new IssuerKeySetTarget(),
        new OnnxTarget(), new StatusListTarget(),
    ];

    /// <summary>Finds one by its name.</summary>
    public static FuzzTarget Find(string name) => All.FirstOrDefault(target => target.Name == name)
        ?? throw new ArgumentException($"There is no target '{name}'; there are {string.Join(", ", All.Select(target => target.Name))}.");
}
