using System.Runtime.InteropServices;

namespace Oml.Sdk.Sealing.Memory;

/// <summary>What Linux offers for memory that holds secrets (mmap(2), madvise(2), mlock(2), userfaultfd(2)).</summary>
internal static partial class NativeMethods
{
    public const int ReadWrite = 0x1 | 0x2;
    public const int PrivateAnonymous = 0x02 | 0x20;
    public const int NotNeeded = 4;
    public const int HugePages = 14;
    public const int DoNotDump = 16;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int NoMemory = 12;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "mlock", SetLastError = true)]
    public static partial int Lock(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "munlock", SetLastError = true)]
    public static partial int Unlock(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long SystemCall(long number, long argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static unsafe partial int Control(int file, ulong request, void* argument);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);
}
