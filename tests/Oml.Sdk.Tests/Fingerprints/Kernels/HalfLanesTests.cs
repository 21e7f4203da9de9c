using System.Runtime.Intrinsics;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class HalfLanesTests
{
    [Fact]
    public void Every_finite_number_is_read_as_the_float_that_it_is_scaled()
    {
        Half[] row = [.. Enumerable.Range(0, 65536).Select(i => BitConverter.UInt16BitsToHalf((ushort)i)).Where(Half.IsFinite)];
        float[] expected = Array.ConvertAll(row, x => (float)x * HalfBits.Scale);
        foreach (KernelWidth width in FingerprintTestData.Widths)
        {
            Same(Read(row, width), expected);
        }

        float[] wide = new float[row.Length];
        HalfRows.Widen(row, wide);
        Same(wide, Array.ConvertAll(row, x => (float)x));
    }

    [Fact]
    public void Every_float_is_written_as_the_platform_rounds_it_and_stops_at_the_largest()
    {
        // All numbers, all that lie in the middle of two, and the floats beside those; what is too large or too small; and any others.
        List<float> values = [1e9f, 65519.996f, 65520f, float.MaxValue, 1e-30f, float.Epsilon, 2.9802322e-8f, 2.9802326e-8f, 0];
        for (int i = 0; i < 0x7bff; i++)
        {
            float low = (float)BitConverter.UInt16BitsToHalf((ushort)i);
            float middle = (low + (float)BitConverter.UInt16BitsToHalf((ushort)(i + 1))) / 2;
            values.AddRange([low, MathF.BitDecrement(middle), middle, MathF.BitIncrement(middle)]);
        }

        Random random = new(1);
        values.AddRange(Enumerable.Range(0, 100_000).Select(_ => BitConverter.Int32BitsToSingle(random.Next())).Where(float.IsFinite));
        values.AddRange([.. values.Select(x => -x)]);
        values.AddRange(Enumerable.Repeat(0f, 32 - (values.Count % 32)));
        Half[] expected = [.. values.Select(x => (Half)Math.Clamp(x, -65504f, 65504f))];
        foreach (KernelWidth width in FingerprintTestData.Widths)
        {
            Same(Write([.. values], width), expected);
        }
    }

    [Fact]
    public void Products_of_numbers_as_they_are_read_are_those_of_the_numbers()
    {
        foreach (KernelWidth width in FingerprintTestData.Widths)
        {
            foreach (float value in new[] { 0f, -0f, 5.9604645e-8f, -6.0975552e-5f, 1.5f, -65504f })
            {
                foreach (float factor in new[] { 1f, 1.0009766f, 0.3333333f, -2.5f })
                {
                    (float product, float sum) = width switch
                    {
                        KernelWidth.Vector512 => Multiply<HalfLanes512, FloatLanes512, Vector512<float>>(value, factor),
                        KernelWidth.Vector256 => Multiply<HalfLanes256, FloatLanes256, Vector256<float>>(value, factor),
                        KernelWidth.Vector128 => Multiply<HalfLanes128, FloatLanes128, Vector128<float>>(value, factor),
                        _ => Multiply<HalfLanesScalar, FloatLanesScalar, float>(value, factor),
                    };
                    BitConverter.SingleToUInt32Bits(product).Should().Be(BitConverter.SingleToUInt32Bits(value * factor));
                    BitConverter.SingleToUInt32Bits(sum).Should().Be(BitConverter.SingleToUInt32Bits(value + factor));
                }
            }
        }
    }

    private static float[] Read(Half[] row, KernelWidth width) => width switch
    {
        KernelWidth.Vector512 => Read<HalfLanes512, FloatLanes512, Vector512<float>>(row),
        KernelWidth.Vector256 => Read<HalfLanes256, FloatLanes256, Vector256<float>>(row),
        KernelWidth.Vector128 => Read<HalfLanes128, FloatLanes128, Vector128<float>>(row),
        _ => Read<HalfLanesScalar, FloatLanesScalar, float>(row),
    };

    private static Half[] Write(float[] values, KernelWidth width) => width switch
    {
        KernelWidth.Vector512 => Write<HalfLanes512, FloatLanes512, Vector512<float>>(values),
        KernelWidth.Vector256 => Write<HalfLanes256, FloatLanes256, Vector256<float>>(values),
        KernelWidth.Vector128 => Write<HalfLanes128, FloatLanes128, Vector128<float>>(values),
        _ => Write<HalfLanesScalar, FloatLanesScalar, float>(values),
    };

    private static float[] Read<THalves, TFloats, TVector>(Half[] row)
        where THalves : struct, IHalfLanes<TVector>
        where TFloats : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        float[] values = new float[row.Length];
        float[] evens = new float[TFloats.Count];
        float[] odds = new float[TFloats.Count];
        for (int i = 0; i < row.Length; i += THalves.Count)
        {
            THalves.Load(in row[0], i, out TVector even, out TVector odd);
            TFloats.Store(even, ref evens[0], 0);
            TFloats.Store(odd, ref odds[0], 0);
            for (int j = 0; j < THalves.Count; j++)
            {
                values[i + j] = (j % 2 == 0 ? evens : odds)[j / 2];
            }
        }

        return values;
    }

    private static Half[] Write<THalves, TFloats, TVector>(float[] values)
        where THalves : struct, IHalfLanes<TVector>
        where TFloats : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        Half[] row = new Half[values.Length];
        float[] evens = new float[TFloats.Count];
        float[] odds = new float[TFloats.Count];
        for (int i = 0; i < row.Length; i += THalves.Count)
        {
            for (int j = 0; j < THalves.Count; j++)
            {
                (j % 2 == 0 ? evens : odds)[j / 2] = values[i + j];
            }

            THalves.Store(TFloats.Load(in evens[0], 0), TFloats.Load(in odds[0], 0), ref row[0], i);
        }

        return row;
    }

    private static (float Product, float Sum) Multiply<THalves, TFloats, TVector>(float value, float factor)
        where THalves : struct, IHalfLanes<TVector>
        where TFloats : struct, IFloatLanes<TVector>
        where TVector : struct
    {
        float[] results = new float[2 * TFloats.Count];
        TVector scaled = TFloats.Fill(value * HalfBits.Scale);
        TFloats.Store(THalves.Multiply(scaled, TFloats.Fill(factor * HalfBits.Unscale)), ref results[0], 0);
        TFloats.Store(THalves.MultiplyAdd(scaled, TFloats.Fill(HalfBits.Unscale), TFloats.Fill(factor)), ref results[0], TFloats.Count);
        return (results[0], results[TFloats.Count]);
    }

    private static void Same(float[] actual, float[] expected) =>
        FingerprintTestData.Bits(actual).AsSpan().SequenceEqual(FingerprintTestData.Bits(expected)).Should().BeTrue();

    private static void Same(Half[] actual, Half[] expected) =>
        Array.ConvertAll(actual, BitConverter.HalfToUInt16Bits).AsSpan().SequenceEqual(Array.ConvertAll(expected, BitConverter.HalfToUInt16Bits))
            .Should().BeTrue();
}
