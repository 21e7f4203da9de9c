using System.Globalization;
using System.Numerics;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Kernels;
using Oml.Sdk.Inference;
using Oml.Sdk.Tests.Fingerprints.Text;

namespace Oml.Sdk.Tests.Fingerprints;

/// <summary>The vectors of docs/spec/fingerprint.md §3.1 and §12, which docs/spec/vectors/fingerprint.py computes from the text.</summary>
public sealed class FormatVectorTests : IDisposable
{
    private readonly FingerprintKey _key = TextTestData.SpecificationKey();

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData("logits", "c663 c643 c623 c603 c5e3 c57d 48e2")]
    [InlineData("probabilities", "0792 0b92 0dad 0f92 10bb 1246 2430")]
    [InlineData("embeddings", "c67a c65a c63a c61a c5fa c569 48b5")]
    [InlineData("values", "c63e c61e c5fe c5de c5bf c5a1 48cf")]
    public void Halves_become_those_of_the_specification(string kind, string expected)
    {
        Half[] row = [.. Enumerable.Range(0, 128).Select(i => kind == "probabilities" ? (Half)((i + 1) / 8256d) : (Half)((i - 50) / 8d))];

        Mark(kind, OutputTensor.Create("y", row, 1, 128));

        Hex(row, BitConverter.HalfToUInt16Bits, 4).Should().Be(expected);
    }

    [Theory]
    [InlineData(
        "logits", "c01d304644924925 c01c9dfd20000000 c01c0bb3fb6db6db c01b796ad6db6db7 c01ae721b2492492 c01918de4db6db6e 40264efea0000001")]
    [InlineData(
        "probabilities", "3f1e46d501e46d50 3f2e46d501e46d50 3f36b51fc16b51fc 3f3e46d501e46d50 3f42ec45212ec452 3f49187ec19187ed 3f90baff410baff5")]
    [InlineData(
        "embeddings", "c01d9cd604924925 c01d0a5f40000000 c01c77e83b6db6db c01be57136db6db7 c01b52fa72492492 c018bd4c0db6db6e 40258614e0000000")]
    [InlineData(
        "values", "c01c8af8c4911d91 c01bf8d500000000 c01b66b15b6ee270 c01ad48d96ddc4e8 c01a4269f24ca754 c019bd70adba5e3a 4025fa5e40000000")]
    public void Doubles_become_those_of_the_specification(string kind, string expected)
    {
        double[] row = [.. Enumerable.Range(0, 128).Select(i => kind == "probabilities" ? (i + 1) / 8256d : (i - 50) / 7d)];

        Mark(kind, OutputTensor.Create("y", row, 1, 128));

        Hex(row, BitConverter.DoubleToUInt64Bits, 16).Should().Be(expected);
    }

    [Theory]
    [InlineData(2, 0, 1, 0xa63868c6)]
    [InlineData(2, 1, 0, 0x1af6ddb3)]
    [InlineData(40, 7, 41, 0xcdfd3bcb)]
    [InlineData(213, 5, 99, 0x3b7d2461)]
    [InlineData(1048575, 0, 1048574, 0xa3941b75)]
    public void Coins_of_labels_are_those_of_the_specification(int best, int second, int third, uint coin)
    {
        using CarrierKey key = _key.DeriveCarrierKey(TextTestData.SpecificationSubject);
        key.ExpandContextual(out AesKeySchedule schedule);

        new CloseCall(best, second, third).Coin(in schedule).Should().Be(coin);
    }

    [Theory]
    [InlineData(2, 0, 1, false)]
    [InlineData(2, 1, 0, true)]
    [InlineData(213, 5, 99, true)]
    public void Labels_change_places_as_the_specification_says(int best, int second, int third, bool exchanged)
    {
        using IFingerprintEmbedder embedder = new LabelFingerprint(_key).Create(TextTestData.SpecificationSubject);
        Check<float>(embedder, 1.95f, 2);
        Check(embedder, (Half)1.95, (Half)2);

        // Closer than floats tell apart from one that is exactly at the margin.
        Check(embedder, 1.95 + 1e-12, 2);

        void Check<T>(IFingerprintEmbedder embedder, T less, T more)
            where T : unmanaged, INumber<T>
        {
            T[] row = new T[214];
            (row[best], row[second], row[third]) = (more, less, T.One);
            embedder.Embed(OutputTensor.Create("y", row, 1, 214)).Should().Be(new FingerprintOutcome(1, 0));
            (row[best], row[second], row[third]).Should().Be(exchanged ? (less, more, T.One) : (more, less, T.One));
        }
    }

    private void Mark(string kind, OutputTensor output)
    {
        IFingerprintEmbedderFactory factory = kind switch
        {
            "logits" => new LogitFingerprint(_key),
            "probabilities" => new ProbabilityFingerprint(_key),
            "embeddings" => new EmbeddingFingerprint(_key, new() { CosineError = 1e-3 }),
            _ => new RelativeFingerprint(_key),
        };
        using IFingerprintEmbedder embedder = factory.Create(TextTestData.SpecificationSubject);
        embedder.Embed(output).Should().Be(new FingerprintOutcome(1, 0));
    }

    // The first six elements, and the last.
    private static string Hex<T, TBits>(T[] row, Func<T, TBits> bits, int digits)
        where TBits : IFormattable =>
        string.Join(' ', row[..6].Append(row[^1]).Select(x => bits(x).ToString($"x{digits}", CultureInfo.InvariantCulture)));
}
