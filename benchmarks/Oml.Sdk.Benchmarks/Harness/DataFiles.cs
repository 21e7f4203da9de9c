namespace Oml.Sdk.Benchmarks.Harness;

/// <summary>Real models and data that are not part of the project: in the folder that <c>OML_TEST_DATA</c> names, or in <c>shared/data</c> beside the checkout.</summary>
internal static class DataFiles
{
    /// <summary>Finds a file.</summary>
    /// <param name="parts">Its folders and name.</param>
    /// <returns>The path; null if it is not there.</returns>
    public static string? Find(params string[] parts)
    {
        string? named = Environment.GetEnvironmentVariable("OML_TEST_DATA");
        IEnumerable<string> roots = named is { Length: > 0 } ? [named] : Ancestors().Select(folder => Path.Combine(folder, "shared", "data"));
        return roots.Select(root => Path.Combine([root, .. parts])).FirstOrDefault(File.Exists);
    }

    private static IEnumerable<string> Ancestors()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return folder.FullName;
        }
    }
}
