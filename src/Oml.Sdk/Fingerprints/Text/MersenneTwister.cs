using System.Runtime.CompilerServices;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>MT19937 with the seeding of its authors' init_genrand (Matsumoto and Nishimura 1998). Not for secrets; not thread-safe.</summary>
internal sealed class MersenneTwister
{
    private const int Length = 624;
    private const int Middle = 397;

    private readonly uint[] _state = new uint[Length];
    private int _next = Length;

    /// <summary>Starts over.</summary>
    public void Seed(uint seed)
    {
        uint[] state = _state;
        state[0] = seed;
        for (int i = 1; i < state.Length; i++)
        {
            seed = (1812433253u * (seed ^ (seed >> 30))) + (uint)i;
            state[i] = seed;
        }

        _next = Length;
    }

    /// <summary>The next 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Next()
    {
        if (_next == Length)
        {
            Twist();
        }

        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }

    private void Twist()
    {
        uint[] state = _state;
        for (int i = 0; i < Length - Middle; i++)
        {
            state[i] = state[i + Middle] ^ Mix(state[i], state[i + 1]);
        }

        for (int i = Length - Middle; i < Length - 1; i++)
        {
            state[i] = state[i + Middle - Length] ^ Mix(state[i], state[i + 1]);
        }

        state[Length - 1] = state[Middle - 1] ^ Mix(state[Length - 1], state[0]);
        _next = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Mix(uint upper, uint lower) =>
        (((upper & 0x80000000) | (lower & 0x7fffffff)) >> 1) ^ ((0u - (lower & 1)) & 0x9908b0df);
}
