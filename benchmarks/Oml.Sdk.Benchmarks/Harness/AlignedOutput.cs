using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Benchmarks.Harness;

/// <summary>An output of one row that begins at a cache line, as those of a runtime do.</summary>
internal sealed class AlignedOutput<T> : OutputTensor
    where T : unmanaged
{
    private const int Line = 64;

    private readonly T[] _memory;
    private readonly int _first;
    private readonly T[] _clean;

    /// <param name="clean">The row.</param>
    public AlignedOutput(T[] clean)
        : base("y", InputTensor.Create<T>(clean, clean.Length).ElementType, [1, clean.Length])
    {
        _memory = GC.AllocateArray<T>(clean.Length + (Line / Unsafe.SizeOf<T>()), pinned: true);
        _first = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0) & (Line - 1)) / Unsafe.SizeOf<T>();
        _clean = clean;
        Reset();
    }

    /// <summary>The row.</summary>
    public Span<T> Span => _memory.AsSpan(_first, _clean.Length);

    /// <summary>Brings the row back as it was.</summary>
    public void Reset() => _clean.CopyTo(Span);

    protected override Span<byte> GetBytes() => MemoryMarshal.AsBytes(Span);

    protected override string[] GetStringsCore() => throw new NotSupportedException("There are no strings here.");
}
