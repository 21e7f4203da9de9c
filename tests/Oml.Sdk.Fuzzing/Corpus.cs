namespace Oml.Sdk.Fuzzing;

/// <summary>The committed inputs, beside the program.</summary>
public static class Corpus
{
    private static readonly string[] Folders = ["corpus", "regressions"];

    /// <summary>The inputs of a target: good ones, and those that once were a defect.</summary>
    public static IReadOnlyList<byte[]> Read(FuzzTarget target) =>
        [.. Folders.Select(folder => Path.Combine(AppContext.BaseDirectory, folder, target.Name))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            .Select(File.ReadAllBytes)];

    /// <summary>Writes the seeds of every target, with the real encoders.</summary>
    public static void Write(string folder)
    {
        foreach (FuzzTarget target in FuzzTargets.All)
        {
            string path = Path.Combine(folder, target.Name);
            Directory.CreateDirectory(path);
            int number = 0;
            foreach (byte[] seed in target.Seeds())
            {
                File.WriteAllBytes(Path.Combine(path, $"{number++:00}.bin"), seed);
            }

            Console.WriteLine($"{target.Name}: {number} inputs");
        }
    }
}
