using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Oml.Sdk.Fuzzing;

/// <summary>What of the instrumented library an input reached. Without instrumentation nothing is ever new.</summary>
internal sealed unsafe class CoverageMap
{
    private const int Size = 1 << 16;

    private readonly byte* _hits = (byte*)NativeMemory.AllocZeroed(Size);
    private readonly byte[] _seen = new byte[Size];

    public CoverageMap() => Trace.SharedMem = _hits;

    /// <summary>How many places were reached so far.</summary>
    public int Places { get; private set; }

    public void Reset()
    {
        new Span<byte>(_hits, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Whether a place was reached for the first time, or about twice as often as before.</summary>
    public bool TakeNew()
    {
        bool isNew = false;
        for (int i = 0; i < Size; i++)
        {
            if (_hits[i] == 0)
            {
                continue;
            }

            byte bucket = (byte)(1 << int.Log2(_hits[i]));
            if ((_seen[i] & bucket) == 0)
            {
                Places += _seen[i] == 0 ? 1 : 0;
                _seen[i] |= bucket;
                isNew = true;
            }
        }

        return isNew;
    }
}
