namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

/// <summary>What a process may do that opens a sealed model; everything else is a finding.</summary>
internal sealed class WriteRules(PlaintextDetector detector, WatchedFolder watched, bool telemetry)
{
    // Bytes that these move are never seen here, and nothing needs them.
    private static readonly string[] Unseen =
        ["sendfile", "copy_file_range", "splice", "vmsplice", "tee", "process_vm_writev", "io_uring_setup"];

    private static readonly string[] Opening = ["openat", "open", "openat2", "creat"];

    private static readonly string[] Resizing = ["ftruncate", "truncate", "fallocate"];

    // .NET maps compiled code twice, once to write it and once to run it, from memory without a name on any disk; the other is empty and
    // says that the process listens for diagnostics.
    private static readonly string[] RuntimeMemory = ["/memfd:doublemapper", "/memfd:dotnet_ipc_created"];

    public IEnumerable<string> Findings(IEnumerable<SystemCall> calls) =>
        from call in calls let finding = Check(call) where finding is not null select $"{finding}: {call.Name} {call.File} {call.Text}";

    /// <summary>The files of zero bytes for ONNX Runtime.</summary>
    public bool IsDecoy(SystemCall call) => Inside(call.File)?.StartsWith("oml-", StringComparison.Ordinal) == true;

    public static bool Opens(SystemCall call) => Opening.Contains(call.Name) && IsForWriting(call);

    private static bool IsForWriting(SystemCall call) =>
        call.Name == "creat" || call.Text.Contains("O_WRONLY", StringComparison.Ordinal) || call.Text.Contains("O_RDWR", StringComparison.Ordinal);

    private string? Check(SystemCall call)
    {
        if (Unseen.Contains(call.Name))
        {
            return "moves bytes unseen";
        }

        if (Opening.Contains(call.Name))
        {
            return IsForWriting(call) && !MayOpen(call) ? "opens a file for writing" : null;
        }

        if (call.Name == "memfd_create" || Resizing.Contains(call.Name))
        {
            return RuntimeMemory.Contains(call.File) || IsTelemetry(call) || IsEmptying(call) ? null : "reserves a place for bytes";
        }

        if (call.Name == "mmap")
        {
            return IsSharedForWriting(call) && !RuntimeMemory.Contains(call.File) && !IsTelemetry(call) ? "maps a file for writing" : null;
        }

        return call.Buffers.Any(buffer => detector.IsIn(buffer)) ? "writes plaintext"
            : call.IsCut ? "writes more than is traced"
            : IsFile(call) && !IsTelemetry(call) ? "writes to a file"
            : null;
    }

    // The runtime names its threads in /proc.
    private bool MayOpen(SystemCall call) =>
        call.File is "/dev/null" or "/dev/tty" || call.File!.StartsWith("/proc/", StringComparison.Ordinal) || IsDecoy(call) || IsTelemetry(call);

    private static bool IsEmptying(SystemCall call) => call.Name == "ftruncate" && call.Text.EndsWith(", 0", StringComparison.Ordinal);

    // A mapping without a file is memory of this process.
    private static bool IsSharedForWriting(SystemCall call) =>
        call.File is not null && call.Text.Contains("MAP_SHARED", StringComparison.Ordinal) && call.Text.Contains("PROT_WRITE", StringComparison.Ordinal);

    // Pipes, sockets and event counters have names without a slash; what goes through them was searched.
    private static bool IsFile(SystemCall call) =>
        call.File?[0] == '/' && call.File is not ("/dev/null" or "/dev/tty") && !call.File.StartsWith("/proc/", StringComparison.Ordinal);

    private bool IsTelemetry(SystemCall call) => telemetry && Inside(call.File) is { } path && RuntimeTelemetry.Owns(path);

    private string? Inside(string? file) =>
        file?.StartsWith(watched.Path + "/", StringComparison.Ordinal) == true ? file[(watched.Path.Length + 1)..] : null;
}
