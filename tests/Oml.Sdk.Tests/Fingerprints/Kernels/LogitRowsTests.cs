using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class LogitRowsTests
{
    private const float Amplitude = 0.01f;
    private const int Guard = 20;

    [Fact]
    public void Every_width_marks_every_length_as_the_definition_says_and_nothing_outside()
    {
        int[] lengths = [.. Enumerable.Range(1, 300), 511, 512, 513, 1000, 1023, 1024, 1025, 1040, 1087, 1280,
            2047, 2048, 2049, 4095, 4096, 4097, 4160, 5000, 8192, 8193, 9919, 9920, 9921, 10_000, 30_001];
        AesKeySchedule key = FingerprintTestData.Schedule(1);
        byte[] keystream = Keystream(key, lengths.Max());
        foreach (int length in lengths)
        {
            float[] clean = FingerprintTestData.Row(new Random(length), length);
            float[] expected = [.. clean];
            RowVerdict verdict = ReferenceMarker.Mark(expected, keystream, Amplitude);
            foreach (KernelWidth width in FingerprintTestData.Widths)
            {
                foreach (byte[] prepared in new[] { [], Prepared(keystream, length) })
                {
                    int offset = Guard + (length % 17);
                    float[] buffer = Enumerable.Repeat(123.5f, offset + length + Guard).ToArray();
                    clean.CopyTo(buffer, offset);

                    RowTally tally = LogitRows.Mark(
                        buffer.AsSpan(offset, length), length, in key, prepared, Amplitude, true, width, KernelDispatch.Aes);

                    Same(buffer[offset..(offset + length)], expected, width, length);
                    tally.Marked.Should().Be(verdict == RowVerdict.Marked ? 1 : 0);
                    (tally.Marked + tally.Unmarked).Should().Be(1);
                    buffer[..offset].Should().OnlyContain(z => z == 123.5f);
                    buffer[(offset + length)..].Should().OnlyContain(z => z == 123.5f);
                }
            }
        }
    }

    [Fact]
    public void Every_width_marks_hard_rows_as_the_definition_says_and_keeps_top_1()
    {
        AesKeySchedule key = FingerprintTestData.Schedule(2);
        byte[] keystream = Keystream(key, 30_000);
        int marked = 0;
        foreach (float[] clean in HardRows())
        {
            float[] expected = [.. clean];
            RowVerdict verdict = ReferenceMarker.Mark(expected, keystream, 0.25f);
            marked += verdict == RowVerdict.Marked ? 1 : 0;
            expected.Should().OnlyContain(z => float.IsFinite(z));
            FingerprintTestData.ArgMax(expected).Should().Be(FingerprintTestData.ArgMax(clean));
            float max = clean.Max();
            float top = expected.Max();
            for (int i = 0; i < clean.Length; i++)
            {
                (expected[i] == top).Should().Be(clean[i] == max, "the largest elements, and no others, are the largest");
            }

            foreach (KernelWidth width in FingerprintTestData.Widths)
            {
                foreach (byte[] prepared in new[] { [], Prepared(keystream, clean.Length) })
                {
                    float[] row = [.. clean];
                    LogitRows.Mark(row, row.Length, in key, prepared, 0.25f, true, width, KernelDispatch.Aes);
                    Same(row, expected, width, row.Length);
                }
            }
        }

        marked.Should().BeGreaterThan(100);
    }

    [Fact]
    public void A_non_finite_element_anywhere_is_seen_and_its_row_left_as_it_was()
    {
        AesKeySchedule key = FingerprintTestData.Schedule(3);
        foreach (int length in new[] { 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 100, 260, 1030 })
        {
            float[] clean = FingerprintTestData.Row(new Random(length), 3 * length);
            foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, BitConverter.UInt32BitsToSingle(0xff800001) })
            {
                for (int i = 0; i < length; i += length > 300 ? 37 : 1)
                {
                    foreach (KernelWidth width in FingerprintTestData.Widths)
                    {
                        float[] data = [.. clean];
                        data[length + i] = bad;
                        float[] before = [.. data];

                        RowTally left = LogitRows.Mark(data, length, in key, default, Amplitude, false, width, KernelDispatch.Aes);
                        RowTally refused = LogitRows.Mark([.. before], length, in key, default, Amplitude, true, width, KernelDispatch.Aes);

                        left.RefusedRow.Should().Be(-1);
                        left.Unmarked.Should().Be(length == 1 ? 3 : 1);
                        refused.RefusedRow.Should().Be(1);
                        FingerprintTestData.Bits(data[length..(2 * length)]).Should().Equal(FingerprintTestData.Bits(before[length..(2 * length)]));
                        RowScan.FirstNonFinite(data.AsSpan(length, length)).Should().Be(i);
                    }
                }
            }
        }
    }

    [Fact]
    public void A_non_finite_element_of_a_long_row_is_refused_wherever_it_is()
    {
        AesKeySchedule key = FingerprintTestData.Schedule(3);
        byte[] prepared = Keystream(key, 12_000);
        float[] clean = FingerprintTestData.Row(new Random(1), 12_000);
        foreach (KernelWidth width in FingerprintTestData.Widths)
        {
            for (int i = 0; i < clean.Length; i += 61)
            {
                float[] row = [.. clean];
                row[i] = i % 2 == 0 ? float.NaN : float.NegativeInfinity;

                RowTally refused = LogitRows.Mark(row, row.Length, in key, prepared, Amplitude, true, width, KernelDispatch.Aes);

                refused.RefusedRow.Should().Be(0);
                RowScan.FirstNonFinite(row).Should().Be(i);
            }
        }
    }

    [Fact]
    public void Rows_of_a_batch_are_marked_one_by_one()
    {
        AesKeySchedule key = FingerprintTestData.Schedule(4);
        foreach (int length in new[] { 2, 10, 100, 1000, 1024, 1500, 2048, 3000 })
        {
            float[] batch = FingerprintTestData.Row(new Random(length), 5 * length);
            float[] single = [.. batch];
            for (int row = 0; row < 5; row++)
            {
                LogitRows.Mark(single.AsSpan(row * length, length), length, in key, default, Amplitude, true);
            }

            RowTally tally = LogitRows.Mark(batch, length, in key, default, Amplitude, true);

            tally.Should().Be(new RowTally(5, 0, -1));
            FingerprintTestData.Bits(batch).Should().Equal(FingerprintTestData.Bits(single));
        }
    }

    [Fact]
    public void Software_cipher_and_hardware_cipher_mark_alike()
    {
        AesKeySchedule key = FingerprintTestData.Schedule(5);
        float[] hardware = FingerprintTestData.Row(new Random(1), 5000);
        float[] software = [.. hardware];

        LogitRows.Mark(hardware, 5000, in key, default, Amplitude, true, KernelDispatch.Widest, KernelDispatch.Aes);
        LogitRows.Mark(software, 5000, in key, default, Amplitude, true, KernelDispatch.Widest, AesEngine.Software);

        FingerprintTestData.Bits(software).Should().Equal(FingerprintTestData.Bits(hardware));
    }

    [Fact]
    public void The_width_that_was_meant_to_be_tested_is_the_one_in_use()
    {
        string? expected = Environment.GetEnvironmentVariable("OML_EXPECTED_VECTOR_BITS");
        if (expected is null)
        {
            return;
        }

        ((int)KernelDispatch.Widest).ToString(System.Globalization.CultureInfo.InvariantCulture).Should().Be(expected);
        if (Environment.GetEnvironmentVariable("DOTNET_EnableHWIntrinsic") == "0")
        {
            KernelDispatch.Aes.Should().Be(AesEngine.Software);
        }
    }

    internal static IEnumerable<float[]> HardRows()
    {
        Random random = new(7);
        foreach (int length in new[] { 1, 2, 3, 5, 7, 8, 16, 20, 64, 130, 256, 300, 1024, 1100, 4097, 20_000 })
        {
            foreach (Func<int, float> element in Elements(random, length))
            {
                yield return [.. Enumerable.Range(0, length).Select(element)];
            }
        }
    }

    private static IEnumerable<Func<int, float>> Elements(Random random, int length)
    {
        int some = random.Next(length);
        yield return _ => 1.5f;
        yield return i => i % 3;
        yield return i => i % 2 == 0 ? -0f : 0f;
        yield return i => i == some ? 0f : i % 2 == 0 ? -0f : -1f;
        yield return i => float.Epsilon * random.Next(100);
        yield return i => random.Next(3) == 0 ? float.MinValue : random.NextSingle();
        yield return i => i % 7 == 3 ? random.NextSingle() : float.MinValue;
        yield return i => i == some ? 1f : float.MinValue;
        yield return i => random.Next(50) == 0 ? random.NextSingle() : -1e9f;
        yield return i => (random.Next(50) == 0 ? 0 : -1e9f) + (20 * random.NextSingle());
        yield return i => (random.Next(3) == 0 ? 0 : -1e4f) + (20 * random.NextSingle());
        yield return i => random.Next(3) switch { 0 => -1e9f, 1 => -65504f, _ => random.NextSingle() };
        yield return i => 1000f * random.Next(4);
        yield return i => 1e8f + (20 * random.NextSingle());
        yield return i => i % 2 == 0 ? float.MaxValue : float.MinValue;
        yield return i => i == some ? float.MaxValue : MathF.BitDecrement(float.MaxValue);
        yield return i => MathF.ScaleB(random.NextSingle() - 0.5f, 100 + random.Next(29));
        yield return i => MathF.ScaleB(random.NextSingle() - 0.5f, -120 - random.Next(29));
        yield return i => i == some ? 1f : MathF.BitDecrement(1f) - (i % 5 * 1e-7f);
        yield return i => i == some ? MathF.BitIncrement(8f) : 8f - (i % 11 == 0 ? 5f : 0f);
        yield return i => 16_777_216f + (2 * random.Next(4)) - (i % 9 == 0 ? 40f : 0f);
        yield return i => -1000f - random.NextSingle();
        yield return i => i == some ? 5f : 0f;
        yield return i => i;
        yield return i => -i;
        yield return i => i % 1984 == 1000 ? 3f : (i % 13) * 0.1f;
        yield return i => i / 1984 * 0.5f;
        yield return i => i > 18_000 ? 9f : -(i % 5);
    }

    private static byte[] Prepared(byte[] keystream, int length) => 
        keystream[..(((CarrierLayout.StreamLength(length) + 7) / 8) + LogitRows.Slack)];

    private static byte[] Keystream(AesKeySchedule key, int elements)
    {
        byte[] keystream = new byte[((elements / 1024) + 2) * 128];
        CarrierKeystream.Fill(in key, 0, keystream, KernelDispatch.Aes);
        return keystream;
    }

    private static void Same(float[] actual, float[] expected, KernelWidth width, int length)
    {
        if (!FingerprintTestData.Bits(actual).AsSpan().SequenceEqual(FingerprintTestData.Bits(expected)))
        {
            int at = Enumerable.Range(0, actual.Length).First(i => !actual[i].Equals(expected[i]));
            Assert.Fail($"{width}, length {length}: element {at} is {actual[at]:R}, expected {expected[at]:R}");
        }
    }
}
