namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Finds the files that hold a model's external data.</summary>
internal static class ExternalDataLookup
{
    /// <summary>The file of a location.</summary>
    /// <param name="folder">The folder of the model.</param>
    /// <param name="location">The location that the model names.</param>
    /// <param name="tensor">The tensor that it is for, to be named in errors.</param>
    /// <returns>Its path, in which nothing is a symbolic link.</returns>
    /// <exception cref="OnnxFormatException">The location breaks a rule, or is a link that leads out of the folder.</exception>
    /// <exception cref="FileNotFoundException">No such file is there.</exception>
    public static string Resolve(string folder, string location, string tensor)
    {
        ExternalDataPath.Validate(location);
        string root = Path.TrimEndingDirectorySeparator(RealPath.Of(folder));
        string real = RealPath.Of(Path.Combine(root, location));
        string inside = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        if (!real.StartsWith(inside, StringComparison.Ordinal))
        {
            throw new OnnxFormatException($"{Values(tensor, location)}, a link that leads out of the folder '{folder}'.");
        }

        return File.Exists(real)
            ? real
            : throw new FileNotFoundException($"{Values(tensor, location)}, which is not a file in the folder '{folder}'.", location);
    }

    private static string Values(string tensor, string location) =>
        $"The values of the tensor {OnnxText.Quote(tensor)} are in {OnnxText.Quote(location)}";
}
