using Oml.Sdk.Inference;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Files of zero bytes with the names that a graph refers to, in a folder that only this user can enter.</summary>
/// <remarks>
/// Before ONNX Runtime takes weights from memory, it checks that the files which the graph names exist; it does not read them.
/// Nothing of the model is in them. They are there while a session is created.
/// </remarks>
internal sealed class DecoyFiles : IDisposable
{
    private DecoyFiles(string folder) => Folder = folder;

    public string Folder { get; }

    /// <exception cref="ModelLoadException">The name of a file leaves the folder.</exception>
    public static DecoyFiles Create(ModelSource source)
    {
        // Private to the user on Unix; on Windows the user's temporary folder is.
        DecoyFiles decoys = new(Directory.CreateTempSubdirectory("oml-").FullName);
        try
        {
            foreach (string location in source.ExternalInitializers.Select(weight => weight.File.Location).Distinct(StringComparer.Ordinal))
            {
                string path = Path.GetFullPath(Path.Combine(decoys.Folder, location));
                if (!path.StartsWith(decoys.Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                {
                    throw new ModelLoadException(
                        source.Name, $"The graph of '{source.Name}' refers to the file '{location}', which is not beneath its folder.");
                }

                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.Create(path).Dispose();
            }

            return decoys;
        }
        catch
        {
            decoys.Dispose();
            throw;
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
