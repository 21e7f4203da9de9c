using System.Runtime.InteropServices;

namespace Oml.Sdk.OnnxRuntime;

/// <summary>Sees whether anything happens in folders: a file opened, read, changed, made, moved or deleted (Linux, inotify).</summary>
/// <remarks>To list the folders is nothing: whoever watches or backs up a disk does, and no file is touched by it.</remarks>
internal sealed unsafe partial class FolderWatch : IDisposable
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    // IN_ACCESS, IN_MODIFY, IN_ATTRIB, IN_OPEN, IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE, IN_DELETE_SELF, IN_MOVE_SELF.
    private const uint Everything = 0x1 | 0x2 | 0x4 | 0x20 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800;

    // EAGAIN: nothing is there to read.
    private const int Again = 11;

    // IN_ISDIR | IN_OPEN, and IN_ISDIR | IN_ACCESS: a folder was opened, and listed.
    private const uint FolderOpened = 0x40000000 | 0x20;
    private const uint FolderListed = 0x40000000 | 0x1;

    // struct inotify_event: descriptor, mask, cookie, length of the name that follows.
    private const int MaskAt = 4;
    private const int NameLengthAt = 12;
    private const int EventSize = 16;

    private int _descriptor;
    private bool _hasSeen;

    private FolderWatch(int descriptor) => _descriptor = descriptor;

    /// <summary>Whether anything has happened since it was made. Also when that cannot be told any more.</summary>
    public bool HasSeenAnything
    {
        get
        {
            const int size = 4096;
            byte* events = stackalloc byte[size];
            while (!_hasSeen)
            {
                nint length = Read(_descriptor, events, size);
                if (length < 0 && Marshal.GetLastPInvokeError() == Again)
                {
                    return false;
                }

                _hasSeen = length <= 0 || HoldsMoreThanListings(new ReadOnlySpan<byte>(events, (int)length));
            }

            return true;
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

    // What is lost when the queue of events is full shows as an event of its own, which is none of these.
    private static bool HoldsMoreThanListings(ReadOnlySpan<byte> events)
    {
        while (!events.IsEmpty)
        {
            if (MemoryMarshal.Read<uint>(events[MaskAt..]) is not FolderOpened and not FolderListed)
            {
                return true;
            }

            events = events[(EventSize + MemoryMarshal.Read<int>(events[NameLengthAt..]))..];
        }

        return false;
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
