using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing.Manifest;

/// <summary>The rule for the path of an entry: that of ONNX's external data, since it names the same file everywhere and cannot leave its folder.</summary>
internal static class EntryPath
{
    /// <returns>What is wrong with it, or null.</returns>
    public static string? FindFault(string path) => ExternalDataPath.FindFault(path);

    /// <exception cref="ArgumentException">The path breaks a rule; the message says which.</exception>
    public static void Check(string path, string parameterName)
    {
        ClaimText.Check(path, SealedLimits.MaxPathBytes, "The path of an entry", parameterName);
        if (FindFault(path) is { } fault)
        {
            throw new ArgumentException($"The path '{path}' {fault}; an entry's path is names joined by '/'.", parameterName);
        }
    }
}
