using Microsoft.Win32.SafeHandles;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>Opens the files of a log.</summary>
internal static class RecordFile
{
    /// <summary>Opens a file to write at its end, making it and its folder if they are not there.</summary>
    public static SafeFileHandle OpenToAppend(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        bool isNew = !File.Exists(path);
        Directory.CreateDirectory(folder);
        SafeFileHandle handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (isNew)
        {
            FolderFlush.Flush(folder);
        }

        return handle;
    }

    /// <summary>Opens a file that may be written meanwhile; null when there is none.</summary>
    public static SafeFileHandle? OpenToRead(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    /// <returns>How many bytes were read.</returns>
    public static int Read(SafeFileHandle handle, long offset, Span<byte> buffer)
    {
        int total = 0;
        int read;
        do
        {
            read = RandomAccess.Read(handle, buffer[total..], offset + total);
            total += read;
        }
        while (read > 0 && total < buffer.Length);

        return total;
    }

    public static void Cut(string path, long length)
    {
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.SetLength(handle, length);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Brings to the disk what an earlier process may have left on the way there.</summary>
    public static void Flush(string path)
    {
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }
}
