namespace QuickStart.Digits;

/// <summary>
/// The SplitMix64 generator: small, and the same numbers for the same seed on every platform and .NET version, which
/// <see cref="Random"/> does not promise. For pictures and experiments only; it is no cryptographic generator.
/// </summary>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 random bits.</summary>
    public ulong Next()
    {
        _state += 0x9e3779b97f4a7c15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 up to, but not including, <paramref name="limit"/>.</summary>
    public int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>, every value as likely as another.</summary>
    public double Between(double low, double high) => low + ((high - low) * (Next() >> 11) / (1UL << 53));

    /// <summary>A number around 0, mostly small: a bell-shaped sum with the given largest size.</summary>
    public double Around(double size) => (Between(-size, size) + Between(-size, size) + Between(-size, size)) / 3;
}
