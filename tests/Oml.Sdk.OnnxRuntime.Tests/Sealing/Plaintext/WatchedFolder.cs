using System.Diagnostics;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

/// <summary>A folder that starts empty and is all that a process is told of: its temporary folder, its home and where it stands.</summary>
internal sealed class WatchedFolder : IDisposable
{
    private static readonly string[] Variables =
    [
        "TMPDIR", "TMP", "TEMP", "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA",
        "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-watched-");

    public string Path => _folder.FullName;

    /// <summary>The files in it, relative to it.</summary>
    public IReadOnlyList<string> Files =>
        [.. _folder.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => System.IO.Path.GetRelativePath(Path, file.FullName))];

    public void Confine(ProcessStartInfo start)
    {
        start.WorkingDirectory = Path;
        foreach (string variable in Variables)
        {
            start.Environment[variable] = Path;
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
