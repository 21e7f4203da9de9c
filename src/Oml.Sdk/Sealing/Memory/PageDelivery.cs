using System.Runtime.InteropServices;

namespace Oml.Sdk.Sealing.Memory;

/// <summary>Memory whose pages are not there until they are delivered: native code that reads one too early waits for it (userfaultfd(2)).</summary>
/// <remarks>
/// <para>So a runtime can rearrange the first weights while the last ones are still being decrypted. A page comes whole and once: nobody
/// sees half of one, or one that was not checked yet.</para>
/// <para>Managed code must not read an undelivered page. It would wait where the garbage collector cannot stop it, and whoever delivers
/// would wait for the collector. System calls that read one fail, as waiting is for code outside of the kernel, which needs no privilege.</para>
/// <para>Thread-safe, but for <see cref="Dispose"/>, which comes last.</para>
/// </remarks>
internal sealed unsafe class PageDelivery : IDisposable
{
    private const long CloseOnExec = 0x80000;
    private const long UserModeOnly = 1;
    private const ulong ApiVersion = 0xAA;
    private const ulong MissingPages = 1;
    private const ulong Handshake = 0xC018AA3F;
    private const ulong Register = 0xC020AA00;
    private const ulong Copy = 0xC028AA03;
    private const ulong Move = 0xC028AA05;

    private readonly SecretMemory _memory;
    private readonly int _descriptor;
    private volatile bool _cannotMove;

    private PageDelivery(SecretMemory memory, int descriptor)
    {
        _memory = memory;
        _descriptor = descriptor;
    }

    /// <summary>Takes the pages of memory that nobody has touched yet.</summary>
    /// <param name="memory">The memory; disposed after this.</param>
    /// <returns>Null where the system cannot do that, or does not let this process.</returns>
    public static PageDelivery? TryBegin(SecretMemory memory)
    {
        if (!memory.IsMapped || SystemCallNumber is not { } number)
        {
            return null;
        }

        int descriptor = (int)NativeMethods.SystemCall(number, CloseOnExec | UserModeOnly);
        if (descriptor < 0)
        {
            return null;
        }

        Api api = new() { Version = ApiVersion };
        Range range = new() { Start = (ulong)memory.Address, Length = (ulong)RoundUp(Math.Max(1, memory.Length)), Mode = MissingPages };
        if (NativeMethods.Control(descriptor, Handshake, &api) == 0 && NativeMethods.Control(descriptor, Register, &range) == 0 && IsEmpty(range))
        {
            return new PageDelivery(memory, descriptor);
        }

        _ = NativeMethods.Close(descriptor);
        return null;
    }

    /// <summary>How many bytes the pages have that hold so many.</summary>
    public static long RoundUp(long length)
    {
        long page = Environment.SystemPageSize;
        return (length + page - 1) / page * page;
    }

    /// <summary>Delivers pages, each of them once, and wakes who waits for them.</summary>
    /// <param name="offset">Where in the memory, at the start of a page.</param>
    /// <param name="pages">Whole pages; behind the end of the memory, zeros.</param>
    /// <exception cref="InsufficientMemoryException">The system has no pages left.</exception>
    /// <exception cref="IOException">The system refuses for another reason.</exception>
    public void Deliver(long offset, ReadOnlySpan<byte> pages)
    {
        _memory.MarkWritten(offset, (int)Math.Min(pages.Length, _memory.Length - offset));
        fixed (byte* source = pages)
        {
            for (int done = 0; done < pages.Length;)
            {
                long copied = Try(Copy, offset + done, (nint)source + done, pages.Length - done, out int error);
                if (copied <= 0 && error is not (0 or NativeMethods.TryAgain or NativeMethods.Interrupted))
                {
                    throw error == NativeMethods.NoMemory
                        ? new InsufficientMemoryException("The system has no memory left for the decrypted model.")
                        : new IOException($"The system does not take the pages of the decrypted model (errno {error}).");
                }

                done += (int)Math.Max(0, copied);
            }
        }
    }

    /// <summary>The same without copying, where the system can: the pages go over, and the source is left without any.</summary>
    /// <param name="offset">Where in the memory, at a multiple of the source's length.</param>
    /// <param name="source">Whole pages that nothing else uses; its contents are undefined afterwards.</param>
    /// <exception cref="InsufficientMemoryException">The system has no pages left.</exception>
    /// <exception cref="IOException">The system refuses for another reason.</exception>
    public void Deliver(long offset, SecretMemory source)
    {
        int length = (int)source.Length;
        _memory.MarkWritten(offset, (int)Math.Min(length, _memory.Length - offset));
        int moved = 0;
        while (moved < length && !_cannotMove)
        {
            long more = Try(Move, offset + moved, source.Address + moved, length - moved, out int error);
            moved += (int)Math.Max(0, more);

            // Linux before 6.8 does not know it; a page that is in use elsewhere cannot go. Copying is always right.
            _cannotMove = more <= 0 && error is not (0 or NativeMethods.TryAgain or NativeMethods.Interrupted);
        }

        Deliver(offset + moved, source.Slice(moved, length - moved));
    }

    /// <summary>Ends it. Whoever waits for a page that was not delivered, or reads one later, reads zeros.</summary>
    public void Dispose() => _ = NativeMethods.Close(_descriptor);

    private static long? SystemCallNumber => !OperatingSystem.IsLinux() ? null : RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 323,
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 282,
        _ => null,
    };

    // A process that locks all memory that it will map (mlockall(2)) has the pages already, and none could be delivered.
    private static bool IsEmpty(Range range) =>
        NativeMethods.Unlock((nint)range.Start, (nuint)range.Length) == 0
        && NativeMethods.Advise((nint)range.Start, (nuint)range.Length, NativeMethods.NotNeeded) == 0;

    private long Try(ulong request, long offset, nint source, int length, out int error)
    {
        Delivery delivery = new() { Destination = (ulong)(_memory.Address + (nint)offset), Source = (ulong)source, Length = (ulong)length };
        error = NativeMethods.Control(_descriptor, request, &delivery) == 0 ? 0 : Marshal.GetLastPInvokeError();
        return delivery.Done;
    }

    // struct uffdio_api and uffdio_register of linux/userfaultfd.h; uffdio_copy and uffdio_move, which have the same fields.
    [StructLayout(LayoutKind.Sequential)]
    private struct Api
    {
        public ulong Version;
        public ulong Features;
        public ulong Controls;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Range
    {
        public ulong Start;
        public ulong Length;
        public ulong Mode;
        public ulong Controls;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Delivery
    {
        public ulong Destination;
        public ulong Source;
        public ulong Length;
        public ulong Mode;
        public long Done;
    }
}
