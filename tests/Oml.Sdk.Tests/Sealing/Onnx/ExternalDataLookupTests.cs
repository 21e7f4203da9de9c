using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Tests.Sealing.Onnx;

public sealed class ExternalDataLookupTests : IDisposable
{
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("oml-external-");
    private readonly string _folder;
    private readonly string _outside;

    public ExternalDataLookupTests()
    {
        _folder = Directory.CreateDirectory(Path.Combine(_temporary.FullName, "model")).FullName;
        _outside = Directory.CreateDirectory(Path.Combine(_temporary.FullName, "model-outside")).FullName;
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
        File.WriteAllText(Path.Combine(_folder, "data", "w.bin"), "w");
        File.WriteAllText(Path.Combine(_outside, "secret"), "s");
    }

    public void Dispose() => _temporary.Delete(recursive: true);

    [Fact]
    public void Finds_a_file_in_the_folder_and_below()
    {
        string found = ExternalDataLookup.Resolve(_folder, "data/w.bin", "t");

        File.ReadAllText(found).Should().Be("w");
        ExternalDataLookup.Resolve(_folder + Path.DirectorySeparatorChar, "data/w.bin", "t").Should().Be(found);
    }

    [Fact]
    public void Names_tensor_location_and_folder_of_a_file_that_is_missing()
    {
        Action missing = () => ExternalDataLookup.Resolve(_folder, "data/v.bin", "layer.0");
        Action folder = () => ExternalDataLookup.Resolve(_folder, "data", "layer.0");
        Action below = () => ExternalDataLookup.Resolve(_folder, "data/w.bin/v.bin", "layer.0");

        missing.Should().Throw<FileNotFoundException>().Which.Message.Should()
            .Contain("'layer.0'").And.Contain("'data/v.bin'").And.Contain(_folder);
        folder.Should().Throw<FileNotFoundException>();
        below.Should().Throw<FileNotFoundException>();
    }

    [Fact]
    public void Refuses_a_location_that_breaks_the_rules()
    {
        Action resolve = () => ExternalDataLookup.Resolve(_folder, "../model-outside/secret", "t");

        resolve.Should().Throw<OnnxFormatException>().WithMessage("*segment ..*");
    }

    [Fact]
    public void Follows_links_that_stay_in_the_folder()
    {
        Link("same", Path.Combine(_folder, "data", "w.bin"));
        Link("relative", "data/w.bin");
        Link("data/up", "../data/./w.bin");
        LinkFolder("other", "data");
        Link("twice", "other/up");

        foreach (string location in new[] { "same", "relative", "data/up", "other/w.bin", "twice" })
        {
            ExternalDataLookup.Resolve(_folder, location, "t").Should().EndWith(Path.Combine("model", "data", "w.bin"), location);
        }
    }

    [Fact]
    public void Follows_a_link_that_is_the_folder_itself()
    {
        string link = Path.Combine(_temporary.FullName, "link");
        CreateLink(() => Directory.CreateSymbolicLink(link, _folder));

        ExternalDataLookup.Resolve(link, "data/w.bin", "t").Should().Be(ExternalDataLookup.Resolve(_folder, "data/w.bin", "t"));
    }

    [Fact]
    public void Refuses_links_that_leave_the_folder()
    {
        string secret = Path.Combine(_outside, "secret");
        Link("absolute", secret);
        Link("relative", "../model-outside/secret");
        Link("data/deep", "../../model-outside/secret");
        LinkFolder("folder", _outside);
        LinkFolder("inside", "folder");
        Link("around", "../model/../model-outside/secret");
        Link("dangling", "../nothing");

        string[] locations =
            ["absolute", "relative", "data/deep", "folder/secret", "inside/secret", "around", "dangling"];
        foreach (string location in locations)
        {
            Action resolve = () => ExternalDataLookup.Resolve(_folder, location, "layer.0");
            resolve.Should().Throw<OnnxFormatException>(location).Which.Message.Should()
                .Contain("'layer.0'").And.Contain($"'{location}'").And.Contain("leads out of the folder");
        }
    }

    [Fact]
    public void Does_not_follow_links_in_circles()
    {
        Link("a", "b");
        Link("b", "a");
        Action resolve = () => ExternalDataLookup.Resolve(_folder, "a", "t");

        resolve.Should().Throw<IOException>().WithMessage("*circles*");
    }

    private void Link(string name, string target) => CreateLink(() => File.CreateSymbolicLink(Path.Combine(_folder, name), target));

    private void LinkFolder(string name, string target) =>
        CreateLink(() => Directory.CreateSymbolicLink(Path.Combine(_folder, name), target));

    private static void CreateLink(Action create)
    {
        try
        {
            create();
        }
        catch (Exception exception) when (OperatingSystem.IsWindows() && exception is IOException or UnauthorizedAccessException)
        {
            Assert.Skip("This account may not create symbolic links.");
        }
    }
}
