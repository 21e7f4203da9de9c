using System.Globalization;
using System.Text.RegularExpressions;
using Oml.Sdk.Metering.Receipts;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.Tests;

/// <summary>
/// Every reason for a refusal is in the specification under its number, which is never given another meaning. Those of permissions are compared
/// in <see cref="Permissions.PermissionSpecificationTests"/>.
/// </summary>
public sealed partial class FailureTableTests
{
    [Fact]
    public void The_table_of_refusals_of_sealed_models_is_the_enumeration()
    {
        string section = Section("sealed-model.md", "## 8 ", "## 9 ");

        NameFirst().Matches(section).Select(row => $"{row.Groups[2].Value} {row.Groups[1].Value}").Should().Equal(Expected<SealedModelFailure>());
    }

    [Fact]
    public void The_table_of_faults_of_receipts_is_the_enumeration()
    {
        string section = Section("receipt.md", "## 8 ", "## 9 ");

        NumberFirst().Matches(section).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}").Should().Equal(Expected<ReceiptLogFault>());
    }

    // 0 is "no failure", which no table needs to explain.
    private static IEnumerable<string> Expected<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().Select(value => (Number: Convert.ToInt32(value, CultureInfo.InvariantCulture), Name: value.ToString()))
            .Where(value => value.Number != 0).Select(value => $"{value.Number} {value.Name}");

    private static string Section(string page, string from, string to)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "docs", "spec", page);
            if (File.Exists(path))
            {
                string text = File.ReadAllText(path);
                int start = text.IndexOf(from, StringComparison.Ordinal);
                return text[start..text.IndexOf(to, start, StringComparison.Ordinal)];
            }
        }

        Assert.Skip("The tests run away from the repository, so the specification is not here.");
        return string.Empty;
    }

    [GeneratedRegex(@"^\| ([A-Za-z]+) \| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex NameFirst();

    [GeneratedRegex(@"^\| (\d+) \| ([A-Za-z]+) \|", RegexOptions.Multiline)]
    private static partial Regex NumberFirst();
}
