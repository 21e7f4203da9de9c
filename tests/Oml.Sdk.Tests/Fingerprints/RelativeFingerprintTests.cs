using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Testing;

namespace Oml.Sdk.Tests.Fingerprints;

public sealed class RelativeFingerprintTests : FingerprintEmbedderContract, IDisposable
{
    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(1, 1e-3)]
    [InlineData(7, 0.05)]
    [InlineData(127, 1e-4)]
    [InlineData(128, 1e-3)]
    [InlineData(3000, 1e-5)]
    public void Every_value_changes_by_the_stated_part_and_zeros_stay(int length, double error)
    {
        using IFingerprintEmbedder embedder = Embedder(1, error);
        for (int seed = 0; seed < 100; seed++)
        {
            Random random = new(seed);
            float[] clean = FingerprintTestData.Row(random, 3 * length, scale: Math.Pow(10, (seed % 60) - 30));
            clean[random.Next(clean.Length)] = -0f;
            float[] marked = [.. clean];
            double[] doubles = Array.ConvertAll(clean, x => (double)x);
            embedder.Embed(OutputTensor.Create("y", marked, 3, length));
            embedder.Embed(OutputTensor.Create("y", doubles, 3, length));

            for (int i = 0; i < clean.Length; i++)
            {
                Math.Abs(marked[i] - (double)clean[i]).Should().BeLessThanOrEqualTo((error * (1 + 1e-5) * Math.Abs(clean[i])) + (1.2e-7 * Math.Abs(clean[i])));
                Math.Abs(doubles[i] - marked[i]).Should().BeLessThanOrEqualTo(1.3e-7 * Math.Abs(clean[i]));
                (clean[i] != 0 || BitConverter.SingleToUInt32Bits(marked[i]) == BitConverter.SingleToUInt32Bits(clean[i])).Should().BeTrue();
            }
        }
    }

    [Fact]
    public void Halves_change_by_the_stated_part_and_a_rounding()
    {
        using IFingerprintEmbedder embedder = Embedder(1, 0.01);
        Half[] clean = Array.ConvertAll(FingerprintTestData.Row(new Random(1), 2000), x => (Half)x);
        Half[] marked = [.. clean];

        embedder.Embed(OutputTensor.Create("y", marked, 2, 1000)).Should().Be(new FingerprintOutcome(2, 0));

        marked.Should().NotEqual(clean);
        for (int i = 0; i < clean.Length; i++)
        {
            Math.Abs((float)marked[i] - (float)clean[i]).Should().BeLessThanOrEqualTo((0.01f * Math.Abs((float)clean[i])) + (Math.Abs((float)clean[i]) / 1024) + 1e-7f);
        }
    }

    [Theory]
    [InlineData(1, 5, 64)]
    [InlineData(1, 21, 33)]
    [InlineData(2, 3, 7)]
    public void The_largest_class_of_every_place_stays_the_largest_exactly(int axis, int classes, int inner)
    {
        using IFingerprintEmbedder embedder =
            new RelativeFingerprint(_key, new() { RelativeError = 0.05, ClassAxis = axis }).Create(new FingerprintSubject(FingerprintTestData.Model, 5));
        long[] shape = axis == 1 ? [2, classes, inner] : [2, 4, classes, inner];
        int outer = axis == 1 ? 2 : 8;
        for (int seed = 0; seed < 50; seed++)
        {
            Random random = new(seed);

            // Close, tied, negative and zero.
            float[] clean = [.. Enumerable.Range(0, outer * classes * inner).Select(_ => (random.Next(-3, 4) + (random.Next(3) * 0.01f)) * (seed % 2 == 0 ? 1 : -1))];
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("y", marked, shape)).UnmarkedRows.Should().Be(0);
            for (int o = 0; o < outer; o++)
            {
                for (int i = 0; i < inner; i++)
                {
                    float[] before = Place(clean, o, i);
                    float[] after = Place(marked, o, i);
                    after.Select(x => x == after.Max()).Should().Equal(before.Select(x => x == before.Max()));
                }
            }
        }

        float[] Place(float[] data, int o, int i) => [.. Enumerable.Range(0, classes).Select(c => data[(((o * classes) + c) * inner) + i])];
    }

    [Theory]
    [InlineData(3, 0.0)]
    [InlineData(3, 0.3)]
    public void One_image_names_one_of_a_thousand_through_scale_and_noise(int seed, double noise)
    {
        using IFingerprintEmbedder embedder = Embedder(321);
        Random random = new(seed);
        float[] clean = [.. Enumerable.Range(0, 64 * 64).Select(_ => (float)random.NextDouble())];
        float[] marked = [.. clean];
        embedder.Embed(OutputTensor.Create("image", marked, 1, 1, 64, 64)).MarkedRows.Should().Be(1);
        RelativeEvidence evidence = new(64 * 64);
        RelativeEvidence unmarked = new(64 * 64);

        evidence.AddInformed([.. marked.Select(x => (float)(1.05 * x * (1 + (noise * 1e-2 * FingerprintTestData.Normal(random)))))], clean).Should().BeTrue();
        unmarked.AddInformed([.. clean.Select(x => (float)(x * (1 + (1e-3 * FingerprintTestData.Normal(random)))))], clean).Should().BeTrue();

        evidence.Signs.Should().Be(clean.Count(x => x != 0));
        evidence.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().Be(321);
        unmarked.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().BeNull();
    }

    [Theory]
    [InlineData(7, 200)]
    [InlineData(5, 200)]
    public void Single_numbers_of_different_sizes_name_one_of_a_thousand(int digits, int answers)
    {
        // A regression with one output: prices, say.
        using IFingerprintEmbedder embedder = Embedder(321);
        Random random = new(5);
        RelativeEvidence evidence = new(1);
        RelativeEvidence unmarked = new(1);
        for (int i = 0; i < answers; i++)
        {
            float[] clean = [(float)Math.Exp(10 + FingerprintTestData.Normal(random))];
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("price", marked, 1, 1)).MarkedRows.Should().Be(1);
            evidence.AddInformed([Round(marked[0])], clean).Should().BeTrue();
            unmarked.AddInformed([Round(clean[0])], clean).Should().BeTrue();
        }

        TraceResult result = evidence.Trace(_key, FingerprintTestData.Model, Thousand);
        result.Accused.Should().Be(321);
        result.Ranked[0].Statistic.Should().BeGreaterThan(0.9 * Math.Sqrt(evidence.Signs));
        unmarked.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().BeNull();

        float Round(float x) => float.Parse(x.ToString($"E{digits - 1}", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_model_that_says_one_thing_most_of_the_time_is_traced_by_what_else_it_says()
    {
        using IFingerprintEmbedder embedder = Embedder(321);
        Random random = new(7);
        RelativeEvidence evidence = new(1);
        for (int i = 0; i < 2000; i++)
        {
            float[] clean = [random.Next(20) > 0 ? 0.999f : (float)random.NextDouble()];
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("probability", marked, 1, 1));
            evidence.AddInformed(marked, clean);
        }

        evidence.Signs.Should().BeInRange(60, 110);
        evidence.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().Be(321);
    }

    [Theory]
    [InlineData(321ul)]
    [InlineData(1001ul)]
    public void Dark_pictures_of_eight_bits_name_their_licensee_and_nobody_else(ulong licensee)
    {
        using IFingerprintEmbedder embedder = Embedder(licensee);
        Random random = new(8);
        RelativeEvidence evidence = new(28 * 28);
        for (int i = 0; i < 20; i++)
        {
            // A fifth of a picture is bright, the rest nearly black.
            float[] clean = [.. Enumerable.Range(0, 28 * 28).Select(_ => (float)(random.NextDouble() * (random.Next(5) == 0 ? 1 : 0.01)))];
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("image", marked, 1, 28, 28));
            evidence.AddInformed([.. marked.Select(x => MathF.Round(x * 255) / 255)], clean).Should().BeTrue();
        }

        ulong? accused = licensee <= 1000 ? licensee : null;
        evidence.Trace(_key, FingerprintTestData.Model, Thousand).Accused.Should().Be(accused);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void P_values_of_keys_that_have_nothing_to_do_with_noisy_answers_are_at_least_what_they_say(int length)
    {
        // Half the answers are one, and noise is half of what the mark is: weights differ.
        const int trials = 20_000;
        using IFingerprintEmbedder embedder = Embedder(1);
        Random random = new(6);
        RelativeEvidence evidence = new(length);
        for (int i = 0; i < 300; i++)
        {
            float[] clean = [.. FingerprintTestData.Row(random, length).Select(x => random.Next(2) == 0 ? 0.5f : x)];
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("y", marked, 1, length));
            evidence.AddInformed([.. marked.Select(x => x + (float)(5e-4 * FingerprintTestData.Normal(random)))], clean);
        }

        TraceResult all = evidence.Trace(
            _key, FingerprintTestData.Model, [.. Enumerable.Range(2, trials).Select(i => (ulong)i)], new TraceOptions { MaxRanked = trials });
        for (int k = 1; k <= 4; k++)
        {
            double expected = trials * Math.Pow(10, -k);
            all.Ranked.Count(candidate => candidate.Log10PValue <= -k).Should().BeLessThanOrEqualTo((int)(expected + (4 * Math.Sqrt(expected)) + 1));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void P_values_of_keys_that_have_nothing_to_do_with_it_are_at_least_what_they_say(int length)
    {
        const int trials = 20_000;
        using IFingerprintEmbedder embedder = Embedder(1);
        Random random = new(6);
        RelativeEvidence evidence = new(length);
        for (int i = 0; i < 300; i++)
        {
            float[] clean = FingerprintTestData.Row(random, length);
            float[] marked = [.. clean];
            embedder.Embed(OutputTensor.Create("y", marked, 1, length));
            evidence.AddInformed(marked, clean);
        }

        TraceResult all = evidence.Trace(
            _key, FingerprintTestData.Model, [.. Enumerable.Range(2, trials).Select(i => (ulong)i)], new TraceOptions { MaxRanked = trials });
        for (int k = 1; k <= 4; k++)
        {
            double expected = trials * Math.Pow(10, -k);
            all.Ranked.Count(candidate => candidate.Log10PValue <= -k).Should().BeLessThanOrEqualTo((int)(expected + (4 * Math.Sqrt(expected)) + 1));
        }
    }

    [Fact]
    public void What_cannot_grow_is_left_and_what_is_not_finite_refused()
    {
        using IFingerprintEmbedder embedder = Embedder(1);
        float[] rows = [0, 0, 3e38f, 1, float.Epsilon, 0];
        float[] before = [.. rows];

        embedder.Embed(OutputTensor.Create("y", rows, 3, 2)).Should().Be(new FingerprintOutcome(0, 3));

        FingerprintTestData.Bits(rows).Should().Equal(FingerprintTestData.Bits(before));
        ((Action)(() => embedder.Embed(OutputTensor.Create("y", [1, 2, float.NaN], 3, 1)))).Should().Throw<NonFiniteOutputException>().Which.Row.Should().Be(2);
        ((Action)(() => embedder.Embed(OutputTensor.Create("y", [1L], 1)))).Should().Throw<NotSupportedException>();
        float[] scalar = [5];
        embedder.Embed(OutputTensor.Create("y", scalar)).MarkedRows.Should().Be(1);
        scalar[0].Should().NotBe(5);
    }

    [Fact]
    public void Options_and_evidence_out_of_range_are_refused()
    {
        ((Action)(() => _ = new RelativeFingerprint(_key, new() { RelativeError = 0.06 }))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new RelativeFingerprint(_key, new() { RelativeError = double.NaN }))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new RelativeFingerprint(_key, new() { ClassAxis = 0 }))).Should().Throw<ArgumentOutOfRangeException>();
        RelativeFingerprint classes = new(_key, new() { ClassAxis = 1 });
        ((Action)(() => classes.CheckOutput(new TensorInfo("y", TensorElementType.Int64, [-1, 3, 4, 4])))).Should().Throw<NotSupportedException>().WithMessage("*Float32*");
        ((Action)(() => classes.CheckOutput(new TensorInfo("y", TensorElementType.Float32, [-1])))).Should().Throw<NotSupportedException>().WithMessage("*1 dimensions*");
        ((Action)(() => _ = new RelativeEvidence(0))).Should().Throw<ArgumentOutOfRangeException>();
        RelativeEvidence evidence = new(2);
        ((Action)(() => evidence.AddInformed([1], [1, 2]))).Should().Throw<ArgumentException>();
        evidence.AddInformed([1, float.NaN], [1, 2]).Should().BeFalse();
        evidence.AddInformed([1, 1], [0, 0]).Should().BeFalse();
        evidence.SkippedSamples.Should().Be(2);
        ((Action)(() => evidence.Trace(_key, FingerprintTestData.Model, [1]))).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void The_sign_of_a_single_number_is_that_of_the_specification()
    {
        using CarrierKey key = CarrierKey.Import([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        FingerprintSubject subject = new(FingerprintTestData.Model, 1);
        using IFingerprintEmbedder embedder = new RelativeFingerprint(key, subject).Create(subject);
        float[] values = [1, 2.5f, -3, 1000];

        embedder.Embed(OutputTensor.Create("y", values, 2, 2));

        values.Select(x => BitConverter.SingleToUInt32Bits(x).ToString("x8", System.Globalization.CultureInfo.InvariantCulture))
            .Should().Equal(Expected(1, 0), Expected(2.5f, 1), Expected(-3, 0), Expected(1000, 1));

        static string Expected(float value, int place)
        {
            using System.Security.Cryptography.Aes aes = System.Security.Cryptography.Aes.Create();
            aes.Key = [.. Enumerable.Range(16, 16).Select(i => (byte)i)];
            uint bucket = BitConverter.SingleToUInt32Bits(value) >> 13;
            byte[] counter = new byte[16];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(counter, 0xc000_0000_0000_0000 + (uint)place);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(counter.AsSpan(8), bucket / 128);
            byte[] block = aes.EncryptEcb(counter, System.Security.Cryptography.PaddingMode.None);
            bool isMinus = ((block[bucket % 128 / 8] >> (int)(bucket % 8)) & 1) == 1;
            return BitConverter.SingleToUInt32Bits(value * (isMinus ? 1 - 0.001f : 1 + 0.001f)).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    protected override IFingerprintEmbedderFactory CreateFactory() => new RelativeFingerprint(_key);

    protected override OutputTensor CreateOutput(int seed, int rows, int rowLength) =>
        OutputTensor.Create("y", FingerprintTestData.Row(new Random(seed), rows * rowLength), rows, rowLength);

    // It promises a bound on each value, and order only where two values are further apart.
    protected override bool KeepsTop1(OutputTensor clean, OutputTensor marked, int row)
    {
        int length = (int)clean.RowLength;
        ReadOnlySpan<float> before = clean.GetSpan<float>().Slice(row * length, length);
        ReadOnlySpan<float> after = marked.GetSpan<float>().Slice(row * length, length);
        float max = before[FingerprintTestData.ArgMax(before)];
        return before[FingerprintTestData.ArgMax(after)] >= max - (0.003f * MathF.Abs(max));
    }

    private IFingerprintEmbedder Embedder(ulong licensee, double error = RelativeFingerprintOptions.DefaultRelativeError) =>
        new RelativeFingerprint(_key, new() { RelativeError = error }).Create(new FingerprintSubject(FingerprintTestData.Model, licensee));
}
