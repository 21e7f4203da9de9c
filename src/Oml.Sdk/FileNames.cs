using System.Runtime.InteropServices;

namespace Oml.Sdk;

/// <summary>Gives files their names.</summary>
internal static partial class FileNames
{
    /// <summary>Gives a file another name, and waits until the disk has it.</summary>
    /// <param name="from">Where it is.</param>
    /// <param name="to">A name in the same folder.</param>
    /// <param name="overwrite">Whether a file that has the name is replaced.</param>
    /// <exception cref="IOException">A file has the name, and may not be replaced.</exception>
    public static void Move(string from, string to, bool overwrite)
    {
        if (overwrite || OperatingSystem.IsWindows() || !TryLink(from, to))
        {
            File.Move(from, to, overwrite);
        }
        else
        {
            File.Delete(from);
        }

        FolderFlush.Flush(Path.GetDirectoryName(to)!);
    }

    // Of several that want a name which must be new, one gets it: looking first and renaming then would let two believe so. File systems
    // without links are left to File.Move.
    private static bool TryLink(string from, string to)
    {
        const int exists = 17;
        if (Link(from, to) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == exists
            ? throw new IOException($"There is a file '{to}' already; choose another name, or allow it to be replaced.")
            : false;
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string from, string to);
}
