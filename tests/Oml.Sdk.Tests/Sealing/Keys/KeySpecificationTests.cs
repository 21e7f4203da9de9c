namespace Oml.Sdk.Tests.Sealing.Keys;

public sealed class KeySpecificationTests
{
    [Fact]
    public void Its_vectors_are_those_of_the_tests()
    {
        string text = Read();

        text.Should().Contain(string.Join('\n', WrappedKey.Hex.Chunk(64).Select(line => new string(line))));
        text.Should().Contain(WrappedKey.LicenseeScalar).And.Contain(WrappedKey.EphemeralScalar);
        text.Should().Contain(WrappedKey.Model.ToString()).And.Contain($"`{WrappedKey.Password}`");
        text.Should().Contain(WrappedKey.LicenseeKeyPem).And.Contain(WrappedKey.ContentKeyPem);
    }

    internal static string Read()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "docs", "spec", "keys.md");
            if (File.Exists(path))
            {
                return File.ReadAllText(path);
            }
        }

        Assert.Skip("The tests run away from the repository, so the specification is not here.");
        return string.Empty;
    }
}
