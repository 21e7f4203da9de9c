using System.Diagnostics;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

/// <summary>A trace, by strace(1), of all calls with which a process could put bytes anywhere, its threads and children included.</summary>
internal sealed class SystemCallTrace : IDisposable
{
    // With a question mark: calls that not every architecture or kernel has.
    private const string Calls =
        "openat,?open,?openat2,?creat,write,pwrite64,writev,pwritev,?pwritev2,sendto,sendmsg,?sendmmsg,sendfile,?copy_file_range,splice," +
        "vmsplice,tee,process_vm_writev,?io_uring_setup,ftruncate,?truncate,fallocate,?memfd_create,mmap";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-trace-");

    /// <summary>The command to put before the one that is traced. Each thread has a file of its own, so that no line is torn.</summary>
    public string[] Command =>
        ["strace", "-ff", "-qq", "-y", "-xx", "-s", "65536", "-e", $"trace={Calls}", "-o", Path.Combine(_folder.FullName, "thread")];

    public static void RequireTool()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has strace.");
        Assert.SkipUnless(CanTrace(), "strace is not here, or may not trace: install it with apt-get install strace.");
    }

    public IReadOnlyList<SystemCall> Read() =>
        [.. _folder.EnumerateFiles().SelectMany(file => File.ReadLines(file.FullName)).Select(SystemCall.Parse).OfType<SystemCall>()];

    public void Dispose() => _folder.Delete(recursive: true);

    private static bool CanTrace()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("strace", ["-qq", "-o", "/dev/null", "true"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
