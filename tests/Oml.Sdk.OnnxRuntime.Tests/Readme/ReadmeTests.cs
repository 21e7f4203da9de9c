using System.Reflection;

namespace Oml.Sdk.OnnxRuntime.Tests.Readme;

public sealed class ReadmeTests
{
    private static readonly string Repository = typeof(ReadmeTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [Fact]
    public async Task Shows_code_that_runs()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("oml-readme-");

        float[] logits = await ReadmeSnippet.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "digits.onnx"), Path.Combine(folder.FullName, "digits.oml"), new float[784]);

        logits.Should().HaveCount(10);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Shows_the_code_that_is_compiled()
    {
        string source = Path.Combine(Repository, "tests", "Oml.Sdk.OnnxRuntime.Tests", "Readme", "ReadmeSnippet.cs");
        string compiled = Between(File.ReadAllText(source), "// <readme>\n", "        // </readme>");
        string shown = Between(File.ReadAllText(Path.Combine(Repository, "README.md")), "```csharp\n", "```");

        shown.Should().Be(string.Join('\n', compiled.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line)));
    }

    private static string Between(string text, string begin, string end)
    {
        text = text.ReplaceLineEndings("\n");
        int start = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return text[start..text.IndexOf(end, start, StringComparison.Ordinal)];
    }
}
