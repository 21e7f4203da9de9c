using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Oml.Sdk.Sealing.Writing;

/// <summary>A file that appears under its name when it is whole, and not at all otherwise.</summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _path;
    private readonly string _pendingPath;
    private readonly bool _overwrite;
    private bool _committed;

    private PendingFile(string path, string pendingPath, bool overwrite)
    {
        _path = path;
        _pendingPath = pendingPath;
        _overwrite = overwrite;
        Handle = File.OpenHandle(pendingPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None);
    }

    public SafeFileHandle Handle { get; }

    /// <exception cref="IOException">The file exists and may not be replaced, or its folder cannot be written.</exception>
    public static PendingFile Create(string path, bool overwrite)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new IOException($"'{full}' is a folder; choose the name of a file.");
        }

        return overwrite || !Path.Exists(full)
            ? new PendingFile(full, $"{full}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.partial", overwrite)
            : throw new IOException($"There is a file '{full}' already; choose another name, or allow it to be replaced.");
    }

    /// <summary>Brings it to the disk and gives it its name.</summary>
    public void Commit()
    {
        RandomAccess.FlushToDisk(Handle);
        Handle.Dispose();
        FileNames.Move(_pendingPath, _path, _overwrite);
        _committed = true;
    }

    public void Dispose()
    {
        Handle.Dispose();
        if (!_committed)
        {
            File.Delete(_pendingPath);
        }
    }
}
