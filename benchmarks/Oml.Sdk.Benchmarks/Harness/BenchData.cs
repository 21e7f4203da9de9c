namespace Oml.Sdk.Benchmarks.Harness;

/// <summary>Real models, where they are: in the folder that <c>OML_TEST_DATA</c> names, or in <c>shared/data</c> above the program.</summary>
internal static class BenchData
{
    /// <summary>The path of a file, or null if it is not there.</summary>
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
