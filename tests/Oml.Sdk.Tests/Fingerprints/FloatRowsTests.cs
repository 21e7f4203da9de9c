using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;
using Oml.Sdk.Tests.Fingerprints.Kernels;

namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>Rows of floats that are marked by factors and sums, against <see cref="ReferenceMarks"/>.</summary>
public sealed class FloatRowsTests : IDisposable
{
    private const double Strength = 0.05;
    private const double Cosine = 0.999;
    private const float Error = 0.001f;
    private const int Longest = 33_000;

    private readonly CarrierKey _key = CarrierKey.Import([.. Enumerable.Range(0, CarrierKey.Size).Select(i => (byte)(3 * i))]);
    private readonly byte[] _keystream;

    public FloatRowsTests()
    {
        _key.ExpandStatic(out AesKeySchedule schedule);
        _keystream = new byte[((Longest / 1024) + 1) * IAesBlocks.Bytes];
        CarrierKeystream.Fill(in schedule, 0, _keystream, AesEngine.Software);
    }

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(RowMark.Probabilities)]
    [InlineData(RowMark.Embeddings)]
    [InlineData(RowMark.Values)]
    public void Rows_of_every_length_become_what_the_definition_says(RowMark mark)
    {
        int[] lengths = [.. Enumerable.Range(1, 200), .. Enumerable.Range(1015, 30), 2047, 2048, 2049, 8191, 8200, 8213, 16_431, 32_768, 33_000];
        int marked = 0;
        foreach (int length in lengths.Where(length => mark != RowMark.Values || length >= 128))
        {
            foreach (Func<int, float> element in Elements(new Random(length), length))
            {
                float[] clean = [.. Enumerable.Range(0, length).Select(element)];
                float[] expected = [.. clean];
                RowVerdict verdict = Reference(mark, expected);
                verdict.Should().NotBe(RowVerdict.NonFinite);
                marked += verdict == RowVerdict.Marked ? 1 : 0;

                // Two rows, so that a kernel that writes behind the end of one is seen.
                float[] rows = [.. clean, .. clean];
                FingerprintOutcome outcome = Embed(mark, rows, 2, refuse: true);

                outcome.MarkedRows.Should().Be(verdict == RowVerdict.Marked ? 2 : 0, $"so says the definition of a row of {length} {mark}");
                FingerprintTestData.Bits(rows).AsSpan().SequenceEqual(FingerprintTestData.Bits([.. expected, .. expected]))
                    .Should().BeTrue($"a row of {length} {mark} that begins with {clean[0]:R} becomes the same bits");
            }
        }

        marked.Should().BeGreaterThan(1000);
    }

    [Theory]
    [InlineData(RowMark.Probabilities)]
    [InlineData(RowMark.Embeddings)]
    [InlineData(RowMark.Values)]
    public void A_row_with_a_number_that_is_not_finite_anywhere_is_left_or_refused(RowMark mark)
    {
        float[] bad = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, BitConverter.UInt32BitsToSingle(0xff80_0001)];
        foreach (int length in new[] { 1, 2, 7, 8, 15, 16, 17, 33, 64, 100, 127, 128, 131, 260, 1037, 5000 })
        {
            float[] clean = [.. Enumerable.Range(0, length).Select(i => ((i * 7 % 13) + 1) / 100f)];
            float[] expected = [.. clean];
            bool canMark = mark != RowMark.Values || length >= 128;
            bool isMarked = canMark && Reference(mark, expected) == RowVerdict.Marked;
            for (int at = 0; at < length; at += length > 1000 ? 41 : 1)
            {
                float[] middle = [.. clean];
                middle[at] = bad[at % bad.Length];
                middle[length / 2] = at % 3 == 0 ? -1 : middle[length / 2];
                if (middle.All(float.IsFinite))
                {
                    continue;
                }

                float[] left = [.. clean, .. middle, .. clean];
                float[] refused = [.. left];

                FingerprintOutcome outcome = Embed(mark, left, 3, refuse: false);
                Action refuse = () => Embed(mark, refused, 3, refuse: true);

                refuse.Should().Throw<NonFiniteOutputException>().Which.Row.Should().Be(1);
                left.AsSpan(length, length).SequenceEqual(middle).Should().BeTrue();
                refused.AsSpan(length, 2 * length).SequenceEqual([.. middle, .. clean]).Should().BeTrue();
                if (canMark)
                {
                    outcome.MarkedRows.Should().Be(isMarked ? 2 : 0);
                    left.AsSpan(0, length).SequenceEqual(expected).Should().BeTrue();
                    left.AsSpan(2 * length).SequenceEqual(expected).Should().BeTrue();
                    refused.AsSpan(0, length).SequenceEqual(expected).Should().BeTrue();
                }
            }
        }
    }

    // Among them rows of several equal maxima, of zeros, of numbers below 0, of subnormal and of huge numbers.
    private static IEnumerable<Func<int, float>> Elements(Random random, int length)
    {
        int some = random.Next(length);
        yield return _ => (float)Math.Exp(3 * FingerprintTestData.Normal(random)) / length;
        yield return i => i % 37 == some % 37 ? 0.5f : random.NextSingle() / 2;
        yield return i => i % 9 == 2 ? 0.75f : i % 2 == 0 ? -0f : 0f;
        yield return i => i == some ? -1e-30f : random.NextSingle();
        yield return i => i == some ? -0f : random.NextSingle();
        yield return _ => (float)FingerprintTestData.Normal(random);
        yield return _ => 0f;
        yield return i => i % 2 == 0 ? -0f : 0f;
        yield return _ => float.Epsilon * random.Next(100);
        yield return i => i == some ? 1f : float.Epsilon * random.Next(100);
        yield return _ => MathF.ScaleB(random.NextSingle(), 126);
        yield return _ => MathF.ScaleB(random.NextSingle(), 128 - random.Next(2));
        yield return _ => MathF.ScaleB(random.NextSingle() - 0.3f, random.Next(-120, 120));
        yield return _ => 0.25f;
    }

    private RowVerdict Reference(RowMark mark, float[] row) => mark switch
    {
        RowMark.Probabilities => ReferenceMarks.Probabilities(row, _keystream, Strength),
        RowMark.Embeddings => ReferenceMarks.Embeddings(row, _keystream, Cosine),
        _ => ReferenceMarks.Values(row, _keystream, Error),
    };

    private FingerprintOutcome Embed(RowMark mark, float[] rows, int count, bool refuse)
    {
        int length = rows.Length / count;
        using IFingerprintEmbedder embedder = mark switch
        {
            RowMark.Probabilities => new ProbabilityFingerprintEmbedder(_key, length, Strength, refuse),
            RowMark.Embeddings => new EmbeddingFingerprintEmbedder(_key, length, Cosine, refuse),
            _ => new RelativeFingerprintEmbedder(_key, length, Error, classAxis: null, refuse),
        };
        return embedder.Embed(OutputTensor.Create("y", rows, count, length));
    }

    public enum RowMark
    {
        Probabilities,
        Embeddings,
        Values,
    }
}
