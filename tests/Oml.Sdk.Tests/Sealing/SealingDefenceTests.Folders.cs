using Oml.Sdk.Sealing;

namespace Oml.Sdk.Tests.Sealing;

public sealed partial class SealingDefenceTests
{
    [Fact]
    public async Task A_folder_with_two_names_that_differ_in_case_is_not_sealed_without_one_of_them()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), "the file system knows no case");
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "model.onnx"), SealedFiles.Graph, Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "Vocab.txt"), "1", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "vocab.txt"), "2", Cancellation);

        Action pack = () => ModelPackage.FromFolder(_folder.FullName, "model.onnx");

        pack.Should().Throw<ArgumentException>();
    }

    [Fact]
    public async Task A_folder_as_destination_is_refused_before_the_work()
    {
        Directory.CreateDirectory(Target);
        List<SealProgress> reports = [];

        Func<Task> seal = () => Sealer.SealAsync(
            SealedFiles.Package([]), Target, new SealOptions { Name = "test", Overwrite = true }, new Synchronous(reports.Add), Cancellation);

        await seal.Should().ThrowAsync<IOException>();
        reports.Should().BeEmpty();
    }

    [Fact]
    public async Task A_graph_in_a_sub_folder_is_packed_once()
    {
        string sub = _folder.CreateSubdirectory("sub").FullName;
        await File.WriteAllBytesAsync(Path.Combine(sub, "model.onnx"), SealedFiles.Graph, Cancellation);

        ModelPackage package;
        try
        {
            package = ModelPackage.FromFolder(_folder.FullName, "sub/model.onnx");
        }
        catch (ArgumentException)
        {
            return;
        }

        package.Paths.Should().ContainSingle();
    }

    [Fact]
    public async Task A_path_that_is_a_file_and_a_folder_is_refused()
    {
        await FluentActions.Awaiting(() => _files.SealAsync(SealedFiles.Package([]).AddBytes("a", new byte[1]).AddBytes("a/b", new byte[1])))
            .Should().ThrowAsync<ArgumentException>();
    }

    [Fact]
    public async Task A_link_in_a_folder_is_not_left_out_in_silence()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links");
        string folder = _folder.CreateSubdirectory("snapshot").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "model.onnx"), SealedFiles.Graph, Cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "blob"), "1", Cancellation);
        File.CreateSymbolicLink(Path.Combine(folder, "tokenizer.json"), Path.Combine(folder, "blob"));

        ModelPackage package;
        try
        {
            package = ModelPackage.FromFolder(folder, "model.onnx");
        }
        catch (Exception error) when (error is ArgumentException or SealedModelException)
        {
            return;
        }

        package.Paths.Should().Contain("tokenizer.json");
    }
}
