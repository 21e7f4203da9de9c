namespace Oml.Sdk.Tests.Support;

/// <summary>A page of the documentation.</summary>
internal static class Page
{
    /// <summary>Reads it, or skips the test where it is not.</summary>
    public static async Task<string> ReadAsync(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "docs", name);
            if (File.Exists(path))
            {
                return await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            }
        }

        Assert.Skip("The tests run away from the repository, so its pages are not here.");
        return string.Empty;
    }
}
