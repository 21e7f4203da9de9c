using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>Seeded keys and rows.</summary>
internal static class FingerprintTestData
{
    public static readonly ModelId Model = new(Enumerable.Range(0, 32).Select(i => (byte)(i + 1)).ToArray());

    public static IEnumerable<KernelWidth> Widths => Enum.GetValues<KernelWidth>().Where(w => w <= KernelDispatch.Widest);

    public static IEnumerable<AesEngine> Engines => new[] { AesEngine.Software, KernelDispatch.Aes }.Distinct();

    public static FingerprintKey PublisherKey(int seed)
    {
        byte[] bytes = new byte[FingerprintKey.Size];
        new Random(seed).NextBytes(bytes);
        return FingerprintKey.Import(bytes);
    }

    public static AesKeySchedule Schedule(int seed)
    {
        byte[] bytes = new byte[AesKeySchedule.KeySize];
        new Random(seed).NextBytes(bytes);
        AesKeySchedule.Expand(bytes, out AesKeySchedule schedule);
        return schedule;
    }

    public static float[] Row(Random random, int length, double scale = 3, double shift = 0)
    {
        float[] row = new float[length];
        for (int i = 0; i < length; i++)
        {
            row[i] = (float)(shift + (scale * Normal(random)));
        }

        return row;
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static int ArgMax(ReadOnlySpan<float> row)
    {
        int best = 0;
        for (int i = 1; i < row.Length; i++)
        {
            best = row[i] > row[best] ? i : best;
        }

        return best;
    }

    public static uint[] Bits(float[] row) => Array.ConvertAll(row, BitConverter.SingleToUInt32Bits);
}
