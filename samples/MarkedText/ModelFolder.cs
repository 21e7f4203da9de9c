namespace MarkedText;

/// <summary>Where the model is: it is not part of the project.</summary>
internal static class ModelFolder
{
    public const string Missing = """
        The model is not here. The sample reads past.onnx and tokenizer.json of the tiny GPT-2 of microsoft/onnxruntime-genai (MIT) from
          the folder on the command line,
          tiny-gpt2 in the folder that OML_TEST_DATA names, or
          shared/data/tiny-gpt2 beside this checkout.
        """;

    /// <returns>The folder, or null.</returns>
    public static string? Find(string[] args) => Candidates(args).FirstOrDefault(
        folder => File.Exists(Path.Combine(folder, "past.onnx")) && File.Exists(Path.Combine(folder, "tokenizer.json")));

    private static IEnumerable<string> Candidates(string[] args)
    {
        if (args is [string given, ..])
        {
            yield return given;
            yield break;
        }

        if (Environment.GetEnvironmentVariable("OML_TEST_DATA") is { Length: > 0 } data)
        {
            yield return Path.Combine(data, "tiny-gpt2");
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, "shared", "data", "tiny-gpt2");
        }
    }
}
