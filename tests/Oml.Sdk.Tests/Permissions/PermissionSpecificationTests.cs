using System.Globalization;
using System.Text.RegularExpressions;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

public sealed partial class PermissionSpecificationTests
{
    private readonly string _text = Read();

    [Fact]
    public void The_worked_example_is_the_first_vector()
    {
        string block = _text[_text.IndexOf("```text\nd2 ", StringComparison.Ordinal)..];
        block = block[8..block.IndexOf("\n```\n", StringComparison.Ordinal)];
        string hex = string.Concat(block.Split('\n').SelectMany(line => HexBytes().Match(line).Value.Where(c => c != ' ')));

        hex.Should().Be(PermissionVectorFile.Read().Vectors.Single(vector => vector.Name == "es256-minimal").Token);
    }

    [Fact]
    public void The_table_of_failure_classes_is_the_enumeration()
    {
        string section = _text[_text.IndexOf("## 8 ", StringComparison.Ordinal).._text.IndexOf("## 9 ", StringComparison.Ordinal)];

        TableRow().Matches(section).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}").Should()
            .Equal(Enum.GetValues<DenialReason>().Select(reason => $"{(int)reason} {reason}"));
    }

    [Fact]
    public void The_table_of_claims_has_the_labels_of_the_code()
    {
        string section = _text[_text.IndexOf("## 5 ", StringComparison.Ordinal).._text.IndexOf("### Ways", StringComparison.Ordinal)];

        foreach (Match row in TableRow().Matches(section))
        {
            long label = long.Parse(row.Groups[1].Value.Replace('−', '-'), CultureInfo.InvariantCulture);
            PermissionClaim.Describe(label).Should().Be($"{row.Groups[2].Value} ({label})");
        }

        TableRow().Count(section).Should().Be(25);
    }

    [Fact]
    public void The_worked_input_digest_is_that_of_the_tests() => _text.Should().Contain($"SHA-256: {InputDigestTests.WorkedExample}\n");

    [Fact]
    public void The_worked_permit_chain_is_that_of_the_tests() => _text.Should().Contain($"anchor {PermitChainTests.WorkedAnchor}\n");

    private static string Read()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "docs", "spec", "permission.md");
            if (File.Exists(path))
            {
                return File.ReadAllText(path);
            }
        }

        Assert.Skip("The tests run away from the repository, so the specification is not here.");
        return string.Empty;
    }

    [GeneratedRegex("^ *[0-9a-f]+( [0-9a-f]+)*(?=  |$)")]
    private static partial Regex HexBytes();

    [GeneratedRegex(@"^\| (−?\d+) \| ([A-Za-z-]+) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
