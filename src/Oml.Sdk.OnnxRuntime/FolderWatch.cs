using System.Runtime.InteropServices;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Sees whether anything happens in folders: a file opened, read, changed, made, moved or deleted (Linux, inotify).</summary>
internal sealed unsafe partial class FolderWatch : IDisposable
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    // IN_ACCESS, IN_MODIFY, IN_ATTRIB, IN_OPEN, IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE, IN_DELETE_SELF, IN_MOVE_SELF.
    private const uint Everything = 0x1 | 0x2 | 0x4 | 0x20 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800;

    // EAGAIN: nothing is there to read.
    private const int Again = 11;

    private int _descriptor;

    private FolderWatch(int descriptor) => _descriptor = descriptor;

    /// <summary>Whether anything has happened since it was made. Also when that cannot be told any more.</summary>
    public bool HasSeenAnything
    {
        get
        {
            byte* events = stackalloc byte[4096];
            return Read(_descriptor, events, 4096) >= 0 || Marshal.GetLastPInvokeError() != Again;
        }
    }

    /// <summary>Starts to watch; null where the system cannot.</summary>
    public static FolderWatch? TryCreate(IEnumerable<string> folders)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        int descriptor = Start(NonBlocking | CloseOnExec);
        if (descriptor < 0)
        {
            return null;
        }

        FolderWatch watch = new(descriptor);
        foreach (string folder in folders)
        {
            if (Add(descriptor, folder, Everything) < 0)
            {
                watch.Dispose();
                return null;
            }
        }

        return watch;
    }

    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Start(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Add(int descriptor, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Read(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
