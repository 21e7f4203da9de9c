using System.Numerics;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>Segmentation outputs, [batch, classes, height, width], of every format: at each place the largest class stays that.</summary>
public sealed class ClassAxisTests : IDisposable
{
    private const int Classes = 21;
    private const int Side = 128;

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.05)]
    public void The_largest_class_of_every_place_of_a_segmentation_stays_the_largest_in_every_format(double error)
    {
        // Two samples of close, tied, negative and zero scores.
        Random random = new(4);
        float[] scores = [.. Enumerable.Range(0, 2 * Classes * Side * Side).Select(_ => random.Next(-3, 4) + (random.Next(4) * 0.002f))];
        Check(scores, error);
        Check(Array.ConvertAll(scores, x => (Half)x), error);
        Check(Array.ConvertAll(scores, x => (double)x), error);

        // Doubles that are one float.
        Check(Array.ConvertAll(scores, x => x + (random.Next(3) * 1e-13)), error);
    }

    [Fact]
    public void A_sample_of_halves_whose_largest_has_none_above_it_is_left_and_counted()
    {
        using IFingerprintEmbedder embedder = Embedder(0.01);
        Half[] clean = Array.ConvertAll(FingerprintTestData.Row(new Random(5), 2 * 3 * 64), x => (Half)x);
        clean[70] = Half.MaxValue;
        Half[] marked = [.. clean];

        embedder.Embed(OutputTensor.Create("y", marked, 2, 3, 8, 8)).Should().Be(new FingerprintOutcome(1, 1));

        marked[..(3 * 64)].Should().Equal(clean[..(3 * 64)]);
        marked[(3 * 64)..].Should().NotEqual(clean[(3 * 64)..]);
    }

    [Theory]
    [InlineData(TensorElementType.Float16)]
    [InlineData(TensorElementType.Float64)]
    public void One_segmentation_names_one_of_a_thousand(TensorElementType type)
    {
        using IFingerprintEmbedder embedder = Embedder(0.001);
        const int length = Classes * Side * Side;
        float[] clean = Array.ConvertAll(FingerprintTestData.Row(new Random(6), length), x => (float)(Half)x);
        float[] suspect;
        if (type == TensorElementType.Float16)
        {
            Half[] marked = Array.ConvertAll(clean, x => (Half)x);
            embedder.Embed(OutputTensor.Create("y", marked, 1, Classes, Side, Side)).MarkedRows.Should().Be(1);
            suspect = Array.ConvertAll(marked, x => (float)x);
        }
        else
        {
            double[] marked = Array.ConvertAll(clean, x => (double)x);
            embedder.Embed(OutputTensor.Create("y", marked, 1, Classes, Side, Side)).MarkedRows.Should().Be(1);
            suspect = Array.ConvertAll(marked, x => (float)x);
        }

        RelativeEvidence evidence = new(length);
        evidence.AddInformed(suspect, clean).Should().BeTrue();

        evidence.Trace(_key, FingerprintTestData.Model, [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)]).Accused.Should().Be(321);
    }

    private void Check<T>(T[] clean, double error)
        where T : unmanaged, INumber<T>
    {
        using IFingerprintEmbedder embedder = Embedder(error);
        T[] marked = [.. clean];
        embedder.Embed(OutputTensor.Create("y", marked, 2, Classes, Side, Side)).Should().Be(new FingerprintOutcome(2, 0));
        marked.AsSpan().SequenceEqual(clean).Should().BeFalse();
        int wrong = 0;
        for (int sample = 0; sample < 2; sample++)
        {
            for (int place = 0; place < Side * Side; place++)
            {
                T before = clean[At(0)];
                T after = marked[At(0)];
                for (int c = 1; c < Classes; c++)
                {
                    before = T.Max(before, clean[At(c)]);
                    after = T.Max(after, marked[At(c)]);
                }

                for (int c = 0; c < Classes; c++)
                {
                    wrong += (clean[At(c)] == before) == (marked[At(c)] == after) ? 0 : 1;
                }

                int At(int c) => (((sample * Classes) + c) * Side * Side) + place;
            }
        }

        wrong.Should().Be(0);
    }

    private IFingerprintEmbedder Embedder(double error)
    {
        RelativeFingerprint fingerprint = new(_key, new() { RelativeError = error, ClassAxis = 1 });
        fingerprint.CheckOutput(new TensorInfo("y", TensorElementType.Float16, [-1, -1, -1, -1]));
        fingerprint.CheckOutput(new TensorInfo("y", TensorElementType.Float64, [-1, -1, -1, -1]));
        return fingerprint.Create(new FingerprintSubject(FingerprintTestData.Model, 321));
    }
}
