using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints.Kernels;

public sealed class ContextualRowsTests : IDisposable
{
    private const float Amplitude = 0.01f;
    private const double Share = 0.5;
    private const int Guard = 20;

    private static readonly byte[] KeyBytes = [.. Enumerable.Range(0, CarrierKey.Size).Select(i => (byte)(7 * i))];

    private readonly CarrierKey _key = CarrierKey.Import(KeyBytes);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Every_width_and_cipher_marks_every_length_as_the_definition_says_and_nothing_outside()
    {
        int[] lengths = [.. Enumerable.Range(128, 200), 511, 512, 513, 1000, 1023, 1024, 1025, 1087, 2047, 2048, 2049, 5000,
            8191, 8192, 8193, 10_000, 16_384, 30_001];
        foreach (int length in lengths)
        {
            Check(FingerprintTestData.Row(new Random(length), length), Amplitude);
        }
    }

    [Fact]
    public void Every_width_and_cipher_marks_hard_rows_as_the_definition_says()
    {
        int marked = 0;
        foreach (float[] clean in LogitRowsTests.HardRows().Where(row => row.Length >= CarrierLayout.BlockElements))
        {
            marked += Check(clean, 0.25f) ? 1 : 0;
        }

        marked.Should().BeGreaterThan(50);
    }

    [Fact]
    public void The_largest_elements_are_kept_wherever_they_are()
    {
        // Three stretches of signs; the elements far from the largest are marked without a look at it.
        const int length = 20_000;
        float[] clean = FingerprintTestData.Row(new Random(1), length);
        foreach (int[] tops in new int[][] { [0], [length - 1], [8191], [8192], [2499, 2500], [0, length - 1], [7000, 9000, 19_000] })
        {
            float[] row = [.. clean];
            foreach (int top in tops)
            {
                row[top] = 100;
            }

            Check(row, 0.25f).Should().BeTrue();
        }
    }

    [Fact]
    public void A_non_finite_element_anywhere_is_seen_and_its_row_left_as_it_was()
    {
        using ContextualCarrier carrier = new(_key, 128, Share);
        foreach (int length in new[] { 128, 129, 135, 200, 260, 1030, 10_000 })
        {
            float[] clean = FingerprintTestData.Row(new Random(length), 3 * length);
            foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, BitConverter.UInt32BitsToSingle(0xff800001) })
            {
                for (int i = 0; i < length; i += length > 300 ? 97 : 1)
                {
                    foreach (KernelWidth width in FingerprintTestData.Widths)
                    {
                        float[] data = [.. clean];
                        data[length + i] = bad;
                        float[] refused = [.. data];
                        uint[] before = FingerprintTestData.Bits(data[length..(2 * length)]);

                        Mark(carrier, data, length, 0, Amplitude, false, width, KernelDispatch.Aes).Should().Be(new RowTally(2, 1, -1));
                        Mark(carrier, refused, length, 0, Amplitude, true, width, KernelDispatch.Aes).Should().Be(new RowTally(1, 0, 1));

                        FingerprintTestData.Bits(data[length..(2 * length)]).Should().Equal(before);
                        FingerprintTestData.Bits(refused[..length]).Should().Equal(FingerprintTestData.Bits(data[..length]));
                    }
                }
            }
        }
    }

    [Fact]
    public void Rows_of_a_batch_are_marked_one_by_one()
    {
        foreach (int length in new[] { 128, 1000, 9000 })
        {
            using ContextualCarrier carrier = new(_key, length, Share);
            float[] batch = FingerprintTestData.Row(new Random(length), 5 * length);
            batch.AsSpan(2 * length, length).Fill(1.5f);
            float[] single = [.. batch];
            for (int row = 0; row < 5; row++)
            {
                float[] one = single[(row * length)..((row + 1) * length)];
                Mark(carrier, one, length, length, Amplitude, true, KernelDispatch.Widest, KernelDispatch.Aes);
                one.CopyTo(single, row * length);
            }

            RowTally tally = Mark(carrier, batch, length, length, Amplitude, true, KernelDispatch.Widest, KernelDispatch.Aes);

            tally.Should().Be(new RowTally(4, 1, -1));
            FingerprintTestData.Bits(batch).Should().Equal(FingerprintTestData.Bits(single));
        }
    }

    [Fact]
    public void A_context_is_where_each_eighth_is_largest_and_knows_the_largest_of_all()
    {
        Random random = new(5);
        foreach (int length in new[] { 8, 9, 15, 31, 32, 33, 63, 64, 100, 127, 128, 129, 255, 257, 1000, 1024, 4097, 5000, 20_003 })
        {
            foreach (Func<int, float> element in new Func<int, float>[]
            {
                _ => random.NextSingle(),
                _ => random.Next(3),
                _ => random.Next(2) == 0 ? -0f : 0f,
                i => i,
                i => -i,
                _ => float.MinValue,
                i => i % 97 == 5 ? float.MaxValue : -1,
            })
            {
                float[] row = [.. Enumerable.Range(0, length).Select(element)];

                RowContext.TryFind(row, out RowContext context).Should().BeTrue();

                context.Number.Should().Be(ReferenceContext.Of(row), "length {0}", length);
                context.Max.Should().Be(row.Max());
                for (int i = 0; i < length; i++)
                {
                    (context.IsHot(i, i + 1) || row[i] < context.Max).Should().BeTrue();
                }
            }
        }
    }

    // Marks it at every width and with every cipher, with signs that were kept for all of it, for some and for none.
    private bool Check(float[] clean, float amplitude)
    {
        int length = clean.Length;
        float[] expected = [.. clean];
        byte[] signs = ReferenceContext.Signs(KeyBytes, ContextualCarrier.ThresholdOf(Share), ReferenceContext.Of(clean), length);
        RowVerdict verdict = ReferenceMarker.Mark(expected, signs, amplitude);
        foreach (int kept in new[] { length, length / 2, 0 })
        {
            using ContextualCarrier carrier = new(_key, kept, Share);
            foreach (KernelWidth width in FingerprintTestData.Widths)
            {
                foreach (AesEngine engine in FingerprintTestData.Engines)
                {
                    int offset = Guard + (length % 17);
                    float[] buffer = [.. Enumerable.Repeat(123.5f, offset + length + Guard)];
                    clean.CopyTo(buffer, offset);

                    RowTally tally = Mark(carrier, buffer.AsSpan(offset, length), length, kept, amplitude, true, width, engine);

                    tally.Should().Be(verdict == RowVerdict.Marked ? new RowTally(1, 0, -1) : new RowTally(0, 1, -1));
                    FingerprintTestData.Bits(buffer[offset..(offset + length)]).AsSpan().SequenceEqual(FingerprintTestData.Bits(expected))
                        .Should().BeTrue("{0}, {1}, length {2}, kept {3}", width, engine, length, kept);
                    buffer[..offset].Should().OnlyContain(z => z == 123.5f);
                    buffer[(offset + length)..].Should().OnlyContain(z => z == 123.5f);
                }
            }
        }

        return verdict == RowVerdict.Marked;
    }

    private RowTally Mark(
        ContextualCarrier carrier, Span<float> data, int length, int kept, float amplitude, bool refuseNonFinite, KernelWidth width, AesEngine engine)
    {
        _key.ExpandStatic(out AesKeySchedule schedule);
        byte[] signs = new byte[RowSigns.Length(kept)];
        CarrierKeystream.Fill(in schedule, 0, signs, engine);
        return ContextualRows.Mark(data, length, new ContextualSigns(carrier, in schedule, signs), amplitude, refuseNonFinite, width, engine);
    }
}
