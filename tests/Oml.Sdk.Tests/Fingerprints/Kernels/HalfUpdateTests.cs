using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class HalfUpdateTests
{
    private delegate void Update(Span<Half> row, ReadOnlySpan<byte> signs);

    [Fact]
    public void A_step_is_added_to_all_but_the_largest() => Same(
        (row, signs) => HalfUpdate.Add(row, signs, 0.37f, (float)Largest(row), 1234),
        (y, sign, max) => y >= max ? 1234 : y + (sign * 0.37f));

    [Fact]
    public void A_factor_and_a_step_are_rounded_one_after_the_other() => Same(
        (row, signs) => HalfUpdate.ScaleAndAdd(row, signs, 0.9993f, 0.021f),
        (y, sign, _) => (float)(y * 0.9993f) + (sign * 0.021f));

    [Fact]
    public void A_factor_follows_the_sign() => Same(
        (row, signs) => HalfUpdate.Scale(row, signs, 1.01f, 0.05f),
        (y, sign, _) => y * (float)(1.01f + (sign * 0.05f)));

    [Fact]
    public void A_factor_follows_the_sign_and_the_largest_goes_up() => Same(
        (row, signs) => HalfUpdate.Scale(row, signs, 1.01f, 0.05f, (float)Largest(row), 4321),
        (y, sign, max) => y >= max ? 4321 : y * (float)(1.01f + (sign * 0.05f)));

    // Every operation is rounded to binary32, the last one to binary16 besides.
    private static void Same(Update update, Func<float, int, float, float> definition)
    {
        Random random = new(1);
        byte[] signs = new byte[33];
        for (int length = 1; length <= 200; length++)
        {
            for (int kind = 0; kind < HalfTestData.Kinds; kind++)
            {
                Half[] row = [.. Enumerable.Range(0, length).Select(_ => HalfTestData.Number(random, kind))];
                random.NextBytes(signs);
                float max = (float)Largest(row);
                ushort[] expected = [.. row.Select((x, i) => BitConverter.HalfToUInt16Bits(
                    (Half)Math.Clamp(definition((float)x, (signs[i / 8] >> (i % 8) & 1) == 0 ? 1 : -1, max), -65504f, 65504f)))];

                update(row, signs);

                Array.ConvertAll(row, BitConverter.HalfToUInt16Bits).Should().Equal(expected);
            }
        }
    }

    private static Half Largest(ReadOnlySpan<Half> row)
    {
        Half largest = Half.MinValue;
        foreach (Half value in row)
        {
            largest = value > largest ? value : largest;
        }

        return largest;
    }
}
