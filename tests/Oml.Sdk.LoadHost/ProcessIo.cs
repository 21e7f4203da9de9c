namespace Oml.Sdk.LoadHost;

/// <summary>What Linux has counted of this process's writing (proc_pid_io(5)).</summary>
internal static class ProcessIo
{
    /// <summary>Bytes that were given to write calls, and bytes of files that were made dirty, mapped ones too; nothing elsewhere.</summary>
    public static string Read()
    {
        const string Counts = "/proc/self/io";
        return File.Exists(Counts) ? $"{Count("wchar")} {Count("write_bytes")}" : "";

        static string Count(string name) => File.ReadLines(Counts).First(line => line.StartsWith(name + ": ", StringComparison.Ordinal)).Split(' ')[1];
    }
}
