using System.Runtime.InteropServices;

namespace Oml.Sdk.Benchmarks.Harness;

/// <summary>Floats that begin at a cache line and stay there, so that no run is luckier than another.</summary>
internal sealed class AlignedBuffer
{
    private const int Line = 64;

    private readonly float[] _memory;
    private readonly int _first;
    private readonly float[] _clean;

    /// <summary>Makes a buffer of seeded, normally distributed scores.</summary>
    public AlignedBuffer(int length, int seed)
    {
        _memory = GC.AllocateArray<float>(length + (Line / sizeof(float)), pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _first = (int)(-address & (Line - 1)) / sizeof(float);
        Random random = new(seed);
        _clean = new float[length];
        foreach (ref float value in _clean.AsSpan())
        {
            value = (float)(3 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        Reset();
    }

    /// <summary>The floats.</summary>
    public Span<float> Span => _memory.AsSpan(_first, _clean.Length);

    /// <summary>Brings the scores back: a row that is marked a thousand times grows.</summary>
    public void Reset() => _clean.CopyTo(Span);
}
