using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Oml.Sdk.Generation.Sampling;

/// <summary>Numbers that a seed repeats: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). They decide which token comes; they guard nothing.</summary>
internal struct SamplingRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A seed from the operating system's generator.</summary>
    public static ulong DrawSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>The next number, 0 to less than 1, a multiple of 2⁻⁵³.</summary>
    public double NextDouble()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1L << 53));
    }
}
