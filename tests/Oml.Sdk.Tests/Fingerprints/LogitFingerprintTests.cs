using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints;

public sealed class LogitFingerprintTests
{
    private static readonly FingerprintSubject Licensee = new(FingerprintTestData.Model, 42);

    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(0.26)]
    [InlineData(double.NaN)]
    [InlineData(1e-60)]
    public void Refuses_an_amplitude_out_of_range(double amplitude)
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        Action make = () => _ = new LogitFingerprint(key, new LogitFingerprintOptions { RelativeAmplitude = amplitude });

        make.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*RelativeAmplitude*");
    }

    [Fact]
    public void Refuses_outputs_that_it_cannot_mark_and_names_them()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        LogitFingerprint fingerprint = new(key);

        Action labels = () => fingerprint.CheckOutput(new TensorInfo("label", TensorElementType.Int64, [-1]));
        Action scalar = () => fingerprint.CheckOutput(new TensorInfo("loss", TensorElementType.Float32, []));
        fingerprint.CheckOutput(new TensorInfo("logits", TensorElementType.Float32, [-1, 1000]));
        fingerprint.CheckOutput(new TensorInfo("logits", TensorElementType.Float32, [], anyRank: true));

        labels.Should().Throw<NotSupportedException>().WithMessage("*'label'*Int64*Float32*");
        scalar.Should().Throw<NotSupportedException>().WithMessage("*'loss'*");
    }

    [Fact]
    public void A_licensee_s_key_marks_as_the_publisher_s_does_and_for_nobody_else()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        using CarrierKey carrier = key.DeriveCarrierKey(Licensee);
        LogitFingerprint publisher = new(key);
        LogitFingerprint licensee = new(carrier, Licensee);

        Marked(publisher, Licensee).Should().Equal(Marked(licensee, Licensee));
        ((Action)(() => licensee.Create(new FingerprintSubject(Licensee.Model, 43)))).Should().Throw<ArgumentException>().WithMessage("*43*");
    }

    [Fact]
    public void A_mark_that_races_with_disposal_is_whole_or_an_error()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        float[] clean = FingerprintTestData.Row(new Random(1), 20 * 20_000);
        float[] expected = [.. clean];
        using (IFingerprintEmbedder embedder = new LogitFingerprint(key).Create(Licensee))
        {
            embedder.Embed(OutputTensor.Create("logits", expected, 20, 20_000));
        }

        int refused = 0;
        // Where other work keeps the cores, the disposing thread may come too late 60 times: then they try on.
        for (int i = 0; i < 60 || (refused == 0 && i < 6_000); i++)
        {
            IFingerprintEmbedder embedder = new LogitFingerprint(key).Create(Licensee);
            float[] data = [.. clean];
            OutputTensor output = OutputTensor.Create("logits", data, 20, 20_000);
            using Barrier start = new(2);
            Thread disposing = new(() =>
            {
                start.SignalAndWait();
                Thread.SpinWait(i % 60 * 100);
                embedder.Dispose();
            });
            disposing.Start();
            start.SignalAndWait();
            try
            {
                embedder.Embed(output);
                data.AsSpan().SequenceEqual(expected).Should().BeTrue("it counted as marked");
            }
            catch (ObjectDisposedException)
            {
                refused++;
            }

            disposing.Join();
        }

        refused.Should().BePositive("otherwise the two never met");
    }

    [Fact]
    public void Refuses_a_non_finite_row_and_says_where()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        using IFingerprintEmbedder embedder = new LogitFingerprint(key).Create(Licensee);
        OutputTensor output = OutputTensor.Create("logits", [1f, 2, 3, 4, float.NaN, 6], 2, 3);

        NonFiniteOutputException error = ((Action)(() => embedder.Embed(output))).Should().Throw<NonFiniteOutputException>().Which;

        (error.OutputName, error.Row, error.Column).Should().Be(("logits", 1L, 1L));
    }

    [Fact]
    public void Leaves_a_non_finite_row_if_told_to()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        using IFingerprintEmbedder embedder =
            new LogitFingerprint(key, new LogitFingerprintOptions { NonFiniteOutputs = NonFiniteOutputs.LeaveUnmarked }).Create(Licensee);
        float[] data = [1f, 2, 3, 4, float.NaN, 6];

        embedder.Embed(OutputTensor.Create("logits", data, 2, 3)).Should().Be(new FingerprintOutcome(1, 1));

        data[3..].Should().Equal(4, float.NaN, 6);
        data[..3].Should().NotEqual([1f, 2, 3]);
    }

    [Fact]
    public void Counts_rows_that_cannot_carry_a_mark()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        using IFingerprintEmbedder embedder = new LogitFingerprint(key).Create(Licensee);

        embedder.Embed(OutputTensor.Create("p", [1f, 1, 1, 3, 2, 1], 2, 3)).Should().Be(new FingerprintOutcome(1, 1));
        embedder.Embed(OutputTensor.Create("p", [5f, 6], 2, 1)).Should().Be(new FingerprintOutcome(0, 2));
        embedder.Embed(OutputTensor.Create("p", Array.Empty<float>(), 2, 0)).Should().Be(new FingerprintOutcome(0, 0));
        embedder.Embed(OutputTensor.Create("p", [5f])).Should().Be(new FingerprintOutcome(0, 1));
        ((Action)(() => embedder.Embed(OutputTensor.Create("p", new[] { 1L }, 1)))).Should().Throw<NotSupportedException>();
    }

    [Fact]
    public void Does_nothing_after_it_was_disposed()
    {
        using FingerprintKey key = FingerprintTestData.PublisherKey(1);
        IFingerprintEmbedder embedder = new LogitFingerprint(key).Create(Licensee);
        embedder.Dispose();

        ((Action)(() => embedder.Embed(OutputTensor.Create("p", [1f, 2], 2)))).Should().Throw<ObjectDisposedException>();
    }

    private static float[] Marked(LogitFingerprint fingerprint, FingerprintSubject subject)
    {
        float[] row = FingerprintTestData.Row(new Random(1), 100);
        using IFingerprintEmbedder embedder = fingerprint.Create(subject);
        embedder.Embed(OutputTensor.Create("logits", row, 1, 100));
        return row;
    }
}
