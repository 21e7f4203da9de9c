using Microsoft.ML.OnnxRuntime;
using QuickStart.Digits;

namespace Oml.Sdk.OnnxRuntime.Tests.Digits;

public sealed class DigitModelTests : IDisposable
{
    // Neither the seed that the model was trained on nor the one that the trainer measured it with.
    private const ulong UnusedSeed = 20_260_707;
    private const int Count = 2_000;

    private readonly InferenceSession _session = new(Path.Combine(AppContext.BaseDirectory, "digits.onnx"));

    [Fact]
    public void Reads_at_least_98_of_100_digits_that_it_has_never_seen()
    {
        DigitRenderer renderer = new(UnusedSeed);
        float[] pictures = new float[Count * DigitRenderer.Pixels];
        for (int i = 0; i < Count; i++)
        {
            renderer.Render(i % 10, pictures.AsSpan(i * DigitRenderer.Pixels, DigitRenderer.Pixels));
        }

        float[] logits = Run(pictures, Count);

        int correct = Enumerable.Range(0, Count).Count(i => Best(logits.AsSpan(i * 10, 10)) == i % 10);
        correct.Should().BeGreaterThanOrEqualTo(Count * 98 / 100);
    }

    [Fact]
    public void Reads_every_digit_at_least_95_of_100_times()
    {
        DigitRenderer renderer = new(UnusedSeed + 1);
        for (int digit = 0; digit < 10; digit++)
        {
            float[] pictures = [.. Enumerable.Range(0, 100).SelectMany(_ => renderer.Render(digit))];

            float[] logits = Run(pictures, 100);

            int correct = Enumerable.Range(0, 100).Count(i => Best(logits.AsSpan(i * 10, 10)) == digit);
            correct.Should().BeGreaterThanOrEqualTo(95, $"of {digit}");
        }
    }

    [Fact]
    public void Says_how_it_was_made()
    {
        _session.ModelMetadata.ProducerName.Should().Be("DigitTrainer");
        _session.ModelMetadata.CustomMetadataMap.Should().ContainKeys("seed", "epochs", "correct_on_unseen_digits");
        _session.InputMetadata["image"].Dimensions.Should().Equal(-1, 1, 28, 28);
        _session.OutputMetadata["logits"].Dimensions.Should().Equal(-1, 10);
    }

    public void Dispose() => _session.Dispose();

    private float[] Run(float[] pictures, int count)
    {
        using OrtValue images = OrtValue.CreateTensorValueFromMemory(pictures, [count, 1, DigitRenderer.Size, DigitRenderer.Size]);
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(options, ["image"], [images], ["logits"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static int Best(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        return best;
    }
}
