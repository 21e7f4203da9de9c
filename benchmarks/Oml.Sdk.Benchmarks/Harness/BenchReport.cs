using System.Globalization;
using System.Text.Json;

namespace Oml.Sdk.Benchmarks.Harness;

/// <summary>Collects results, prints them as one table and writes them as JSON.</summary>
internal sealed class BenchReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly List<BenchResult> _results = [];

    /// <summary>Adds a result.</summary>
    public void Add(string name, double value, string unit, double? target = null) =>
        _results.Add(new BenchResult(name, Math.Round(value, 4), unit, target));

    /// <summary>Prints the table and writes <c>artifacts/bench/{name}.json</c> under the folder that holds the solution.</summary>
    /// <param name="name">The name of the file.</param>
    /// <returns>0 if every target is met, else 1.</returns>
    public int Finish(string name)
    {
        int width = _results.Max(r => r.Name.Length);
        Console.WriteLine($"{"".PadRight(width)} {"value",10} {"unit",-6} {"target",7}  met");
        foreach (BenchResult result in _results)
        {
            string target = result.Target?.ToString(CultureInfo.InvariantCulture) ?? "";
            string met = result.Met switch { true => "yes", false => "NO", null => "" };
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{result.Name.PadRight(width)} {result.Value,10:0.###} {result.Unit,-6} {target,7}  {met}"));
        }

        string folder = Path.Combine(Root(), "artifacts", "bench");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name + ".json"), JsonSerializer.Serialize(_results, Json));
        return _results.Any(r => r.Met == false) ? 1 : 0;
    }

    /// <summary>The folder that holds the solution.</summary>
    public static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Oml.Sdk.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? Environment.CurrentDirectory;
    }
}
