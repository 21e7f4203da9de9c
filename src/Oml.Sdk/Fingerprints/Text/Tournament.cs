using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>What the layers of a tournament make of a distribution.</summary>
internal static class Tournament
{
    /// <summary>Candidates that are played in one step. A number of them that is a multiple of it is played fastest; zeros fill it up and change nothing.</summary>
    public const int Step = 8;

    /// <summary>Changes probabilities in place.</summary>
    /// <param name="probabilities">They add up to 1, and do so afterwards.</param>
    /// <param name="bits">The g-values of each candidate: bit l is that of layer l.</param>
    /// <param name="depth">The number of layers.</param>
    /// <param name="leaves">N, the candidates of a match.</param>
    /// <remarks>
    /// A layer needs the share of the winners of all, so each pass plays one layer and adds up the share for the next. Sums are of
    /// <see cref="Step"/> lanes whatever the machine's width, so that the width does not change them.
    /// </remarks>
    public static void Play(Span<double> probabilities, ReadOnlySpan<ulong> bits, int depth, int leaves)
    {
        bits = bits[..probabilities.Length];
        double share = Pass(probabilities, bits, 1, 1, 0, 0);
        for (int layer = 0; layer < depth; layer++)
        {
            (double loser, double winner) = Coefficients(Math.Min(share, 1), leaves);
            share = Pass(probabilities, bits, loser, winner, layer, layer + 1);
        }
    }

    // Multiplies by what the layer gives and returns the share of those whose g-value is 1 in the next.
    private static double Pass(Span<double> probabilities, ReadOnlySpan<ulong> bits, double loser, double winner, int layer, int next)
    {
        int i = 0;
        double share = 0;
        if (Vector128.IsHardwareAccelerated && probabilities.Length >= Step)
        {
            ref double first = ref MemoryMarshal.GetReference(probabilities);
            ref ulong coins = ref MemoryMarshal.GetReference(bits);
            Vector512<ulong> bit = Vector512.Create(1ul << layer);
            Vector512<ulong> nextBit = Vector512.Create(1ul << next);
            Vector512<double> losers = Vector512.Create(loser);
            Vector512<double> winners = Vector512.Create(winner);
            Vector512<double> sum = Vector512<double>.Zero;
            for (; i <= probabilities.Length - Step; i += Step)
            {
                Vector512<ulong> value = Vector512.LoadUnsafe(ref coins, (nuint)i);
                Vector512<double> factor = Vector512.ConditionalSelect(
                    Vector512.Equals(value & bit, Vector512<ulong>.Zero).AsDouble(), losers, winners);
                Vector512<double> played = Vector512.LoadUnsafe(ref first, (nuint)i) * factor;
                played.StoreUnsafe(ref first, (nuint)i);
                sum += Vector512.ConditionalSelect(
                    Vector512.Equals(value & nextBit, Vector512<ulong>.Zero).AsDouble(), Vector512<double>.Zero, played);
            }

            share = Vector512.Sum(sum);
        }

        for (; i < probabilities.Length; i++)
        {
            probabilities[i] *= ((bits[i] >> layer) & 1) == 0 ? loser : winner;
            share += ((bits[i] >> next) & 1) == 0 ? 0 : probabilities[i];
        }

        return share;
    }

    // G = Σ p·g. Where g = 0: (1 − G)^(N−1); where g = 1: (1 − (1 − G)^N)/G, which is 1 + (1 − G) + … + (1 − G)^(N−1): nothing is divided.
    private static (double Loser, double Winner) Coefficients(double share, int leaves)
    {
        double rest = 1 - share;
        double power = 1;
        double sum = 1;
        for (int i = 1; i < leaves; i++)
        {
            power *= rest;
            sum += power;
        }

        return (power, sum);
    }
}
