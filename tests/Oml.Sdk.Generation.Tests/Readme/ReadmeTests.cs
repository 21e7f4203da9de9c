using System.Reflection;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Generation.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Generation.Tests.Readme;

public sealed class ReadmeTests
{
    private static readonly string Repository = typeof(ReadmeTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [Fact]
    public async Task Shows_code_that_runs_and_names_the_licensee()
    {
        await using Licensed model = await Licensed.TinyGpt2Async();
        await using OmlSession session = await model.AuthorizeAsync(quota: 1_000, fingerprint: 321);
        ITextTokenizer tokenizer = TextTokenizer.FromFile(TestData.Require("tiny-gpt2", "tokenizer.json"));
        using FingerprintKey key = FingerprintKey.Generate();

        ulong? accused = await ReadmeSnippet.RunAsync(
            model.Model, session, tokenizer, key, [.. Enumerable.Range(1, 1_000).Select(id => (ulong)id)], "The first time");

        accused.Should().Be(321);
        session.UnitsSpent.Should().Be(GenerationOptions.DefaultMaxNewTokens);
    }

    [Fact]
    public void Shows_the_code_that_is_compiled()
    {
        string source = Path.Combine(Repository, "tests", "Oml.Sdk.Generation.Tests", "Readme", "ReadmeSnippet.cs");
        string text = File.ReadAllText(source).ReplaceLineEndings("\n");
        string compiled = text[(text.IndexOf("// <readme>\n", StringComparison.Ordinal) + 12)..text.IndexOf("        // </readme>", StringComparison.Ordinal)];

        string shown = string.Join('\n', compiled.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line));
        File.ReadAllText(Path.Combine(Repository, "README.md")).ReplaceLineEndings("\n").Should().Contain($"```csharp\n{shown}```\n");
    }
}
