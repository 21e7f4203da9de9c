using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Oml.Sdk.Benchmarks.Sealing;

/// <summary>Makes Linux forget the contents of a file that it keeps in memory, so that the next reader meets the disk.</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    public static void Drop(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
        if (Advise(file, 0, 0, DontNeed) != 0)
        {
            throw new IOException($"The page cache of '{path}' could not be dropped.");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
