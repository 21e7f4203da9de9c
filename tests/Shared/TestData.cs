namespace Oml.Sdk.Tests.Support;

/// <summary>
/// Real models, reference outputs and vectors that are not part of the project: in the folder that <c>OML_TEST_DATA</c> names, or in
/// <c>shared/data</c> beside the checkout. A test that needs one is skipped, with the reason, when it is not there.
/// </summary>
internal static class TestData
{
    private static readonly string? Root = Find();

    public static string Require(params string[] parts)
    {
        Assert.SkipWhen(
            Root is null, "The test data is not here: set OML_TEST_DATA to the folder that holds it, or put it at ../shared/data.");
        string path = Path.Combine([Root!, .. parts]);
        Assert.SkipUnless(File.Exists(path), $"The test data has no {string.Join('/', parts)}.");
        return path;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("OML_TEST_DATA") is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
