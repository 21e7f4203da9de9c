using System.Runtime.CompilerServices;
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
            Vector256<ulong> bit = Vector256.Create(1ul << layer);
            Vector256<ulong> nextBit = Vector256.Create(1ul << next);
            Vector256<double> losers = Vector256.Create(loser);
            Vector256<double> winners = Vector256.Create(winner);
            Vector256<double> low = Vector256<double>.Zero;
            Vector256<double> high = Vector256<double>.Zero;
            for (; i <= probabilities.Length - Step; i += Step)
            {
                low += Play(ref first, ref coins, i, bit, nextBit, losers, winners);
                high += Play(ref first, ref coins, i + (Step / 2), bit, nextBit, losers, winners);
            }

            share = Vector256.Sum(low) + Vector256.Sum(high);
        }

        for (; i < probabilities.Length; i++)
        {
            probabilities[i] *= ((bits[i] >> layer) & 1) == 0 ? loser : winner;
            share += ((bits[i] >> next) & 1) == 0 ? 0 : probabilities[i];
        }

        return share;
    }

    // Half a step. Vectors are of 256 bits on every machine: wider ones, where it has none, would be kept in memory between operations.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Play(
        ref double first, ref ulong coins, int i, Vector256<ulong> bit, Vector256<ulong> nextBit, Vector256<double> losers, Vector256<double> winners)
    {
        Vector256<ulong> value = Vector256.LoadUnsafe(ref coins, (nuint)i);
        Vector256<double> factor = Vector256.ConditionalSelect(Vector256.Equals(value & bit, Vector256<ulong>.Zero).AsDouble(), losers, winners);
        Vector256<double> played = Vector256.LoadUnsafe(ref first, (nuint)i) * factor;
        played.StoreUnsafe(ref first, (nuint)i);
        return Vector256.AndNot(played, Vector256.Equals(value & nextBit, Vector256<ulong>.Zero).AsDouble());
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
