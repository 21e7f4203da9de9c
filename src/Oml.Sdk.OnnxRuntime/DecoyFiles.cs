using Oml.Sdk.Inference;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Files of zero bytes with the names that a graph refers to, in a folder that only this user can enter.</summary>
/// <remarks>
/// Before ONNX Runtime takes weights from memory, it checks that the files which the graph names exist; it does not open them. Some
/// optimizations do, and would compute with whatever somebody had put there: so it is watched whether anything touches them, and a session
/// that was made meanwhile is not used. Nothing of the model is in them. They are there while a session is created.
/// </remarks>
internal sealed class DecoyFiles : IDisposable
{
    private readonly List<string> _files = [];
    private FolderWatch? _watch;

    private DecoyFiles(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Whether anybody may have opened, changed or exchanged one of them.</summary>
    /// <remarks>Where the system cannot watch opening, it is only seen that they are still empty.</remarks>
    public bool WereTouched => _watch?.HasSeenAnything == true || !AreEmpty;

    private bool AreEmpty => _files.TrueForAll(path => new FileInfo(path) is { Exists: true, Length: 0, LinkTarget: null });

    /// <exception cref="ModelLoadException">The name of a file leaves the folder.</exception>
    /// <exception cref="IOException">There is no folder for temporary files.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder for temporary files cannot be written.</exception>
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
                decoys._files.Add(path);
            }

            // What was done before the watch began shows in what is there now: see WereTouched.
            decoys._watch = FolderWatch.TryCreate([decoys.Folder, .. decoys._files.SelectMany(decoys.FoldersOf).Distinct(StringComparer.Ordinal)]);
            return decoys;
        }
        catch
        {
            decoys.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _watch?.Dispose();
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Empty files in a folder for temporary files: no reason to lose a session that is ready.
        }
    }

    private IEnumerable<string> FoldersOf(string path)
    {
        for (string? folder = Path.GetDirectoryName(path); folder is not null && folder.Length > Folder.Length; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }
}
