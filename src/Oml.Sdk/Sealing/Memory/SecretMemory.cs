using System.Numerics;
using System.Runtime.InteropServices;

namespace Oml.Sdk.Sealing.Memory;

/// <summary>Native memory for decrypted weights: page-aligned, left out of core dumps, and zeroed before it is given back.</summary>
/// <remarks>
/// On Linux it is mapped on its own, so that it can be advised: huge pages, since faulting fresh pages in bounds the loading, and
/// no place in core dumps. It begins where a huge page may, if it can hold one. It is kept from being swapped where the process may lock
/// memory. Elsewhere it is plain native memory, zeroed all the same. Different parts may be written by different threads.
/// </remarks>
internal sealed unsafe class SecretMemory : IDisposable
{
    /// <summary>The bytes of a huge page where the system has them at all: x64, and Arm64 with pages of 4 KiB.</summary>
    public const int HugePage = 2 << 20;

    private const int PieceBits = 20;
    private const long PieceSize = 1L << PieceBits;

    // A bit for each MiB that was handed out to be written. To clear what never was would fault it in: a load that is refused at its first
    // byte would take the memory of the whole model.
    private readonly long[] _written;
    private nint _address;

    private SecretMemory(nint address, long length, bool isMapped, bool isExcludedFromDumps)
    {
        _address = address;
        Length = length;
        IsMapped = isMapped;
        _written = new long[((length - 1) >> (PieceBits + 6)) + 1];
        IsExcludedFromDumps = isExcludedFromDumps;
        GC.AddMemoryPressure(Math.Max(1, length));
    }

    ~SecretMemory() => Free();

    public long Length { get; }

    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == 0, this);
            return _address;
        }
    }

    /// <summary>Whether it is a mapping of its own.</summary>
    public bool IsMapped { get; }

    /// <summary>Whether a core dump leaves it out.</summary>
    public bool IsExcludedFromDumps { get; }

    /// <summary>Whether it cannot be swapped out.</summary>
    public bool IsLocked { get; private set; }

    /// <summary>Reserves zeros.</summary>
    /// <param name="length">Bytes, 0 or more.</param>
    /// <exception cref="InsufficientMemoryException">There is not that much.</exception>
    public static SecretMemory Allocate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        nuint size = (nuint)Math.Max(1, length);
        if (!OperatingSystem.IsLinux())
        {
            return new SecretMemory((nint)NativeMemory.AllocZeroed(size), length, isMapped: false, isExcludedFromDumps: false);
        }

        nint address = Map(size);
        if (address == -1)
        {
            throw new InsufficientMemoryException($"The system has no {length} bytes for the decrypted model (errno {Marshal.GetLastPInvokeError()}).");
        }

        // Huge pages are advice only: a system without them gives small ones.
        _ = NativeMethods.Advise(address, size, NativeMethods.HugePages);
        bool isExcluded = NativeMethods.Advise(address, size, NativeMethods.DoNotDump) == 0;
        return new SecretMemory(address, length, isMapped: true, isExcluded);
    }

    /// <summary>A part of it, which may be written; only what was handed out here is cleared.</summary>
    public Span<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        nint address = Address;
        MarkWritten(offset, length);
        return new Span<byte>((byte*)address + offset, length);
    }

    /// <summary>Notes a part that is to be cleared, as something else writes it.</summary>
    internal void MarkWritten(long offset, int length)
    {
        for (long piece = offset >> PieceBits; length > 0 && piece <= (offset + length - 1) >> PieceBits; piece++)
        {
            ref long word = ref _written[piece >> 6];
            long bit = 1L << (int)(piece & 63);
            if ((Volatile.Read(ref word) & bit) == 0)
            {
                Interlocked.Or(ref word, bit);
            }
        }
    }

    /// <summary>Zeroes all that may have been written. It stays in use.</summary>
    internal void Clear() => Clear(Address);

    /// <summary>Keeps it from being swapped out, if the process may lock that much. Worth calling once it is filled: it faults all pages in.</summary>
    public void TryLock()
    {
        IsLocked = IsLocked || (IsMapped && NativeMethods.Lock(Address, (nuint)Math.Max(1, Length)) == 0);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    // The system aligns to its pages alone: what is mapped too much in front of a huge page, and behind the end, is given back.
    private static nint Map(nuint size)
    {
        nuint spare = size < HugePage ? 0u : HugePage;
        nint mapped = NativeMethods.Map(0, size + spare, NativeMethods.ReadWrite, NativeMethods.PrivateAnonymous, -1, 0);
        if (mapped == -1 || spare == 0)
        {
            return mapped;
        }

        nint address = (mapped + HugePage - 1) & -HugePage;
        nint end = address + (nint)PageDelivery.RoundUp((long)size);
        nint mappedEnd = mapped + (nint)PageDelivery.RoundUp((long)(size + spare));
        GiveBack(mapped, address);
        GiveBack(end, mappedEnd);
        return address;

        static void GiveBack(nint start, nint end)
        {
            if (end > start)
            {
                _ = NativeMethods.Unmap(start, (nuint)(end - start));
            }
        }
    }

    private void Free()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address == 0)
        {
            return;
        }

        Clear(address);
        if (IsMapped)
        {
            _ = NativeMethods.Unmap(address, (nuint)Math.Max(1, Length));
        }
        else
        {
            NativeMemory.Free((void*)address);
        }

        GC.RemoveMemoryPressure(Math.Max(1, Length));
    }

    private void Clear(nint address) => Parallel.For(0, _written.Length, index =>
    {
        for (ulong bits = (ulong)Volatile.Read(ref _written[index]); bits != 0; bits &= bits - 1)
        {
            long start = ((index * 64L) + BitOperations.TrailingZeroCount(bits)) << PieceBits;
            NativeMemory.Clear((byte*)address + start, (nuint)Math.Min(PieceSize, Length - start));
        }
    });
}
