using System.IO.Compression;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.OnnxRuntime.Tests.Support;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.OnnxRuntime.Tests.RealModels;

/// <summary>
/// Models that nobody here made, with the outputs that came with them: through the facade they are equal to the reference, and the
/// fingerprint leaves the top-1 class of every sample where it was.
/// </summary>
public sealed class RealModelTests : IDisposable
{
    private const int MagikaLength = 2048;

    private readonly FingerprintKey _key = FingerprintKey.Generate();

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Mnist_agrees_with_its_reference_outputs(int set)
    {
        string model = TestData.Require("mnist", "model.onnx");
        (long[] inputShape, float[] input) = TensorProto.ReadFloats(TestData.Require("mnist", $"test_data_set_{set}", "input_0.pb"));
        (_, float[] expected) = TensorProto.ReadFloats(TestData.Require("mnist", $"test_data_set_{set}", "output_0.pb"));
        await using ProtectedModel plain = await ProtectedModel.LoadAsync(model);

        using InferenceOutputs outputs = await plain.Session.InferAsync(new InferenceInputs().Add("Input3", input, inputShape));

        // The values reach 6,575; the file's own tolerance is 1e-3 relative to them.
        outputs[0].GetSpan<float>().ToArray().Should().Equal(expected, (a, b) => MathF.Abs(a - b) <= 1e-3f * MathF.Max(1, MathF.Abs(b)));
    }

    [Fact]
    public async Task Super_resolution_agrees_with_its_reference_output()
    {
        string model = TestData.Require("super-resolution", "model.onnx");
        (long[] inputShape, float[] input) = TensorProto.ReadFloats(TestData.Require("super-resolution", "test_data_set_0", "input_0.pb"));
        (long[] shape, float[] expected) = TensorProto.ReadFloats(TestData.Require("super-resolution", "test_data_set_0", "output_0.pb"));
        await using ProtectedModel plain = await ProtectedModel.LoadAsync(model);

        using InferenceOutputs outputs =
            await plain.Session.InferAsync(new InferenceInputs().Add(plain.Model.Signature.Inputs[0].Name, input, inputShape));

        outputs[0].Shape.ToArray().Should().Equal(shape);
        float largest = 0;
        ReadOnlySpan<float> actual = outputs[0].GetSpan<float>();
        for (int i = 0; i < expected.Length; i++)
        {
            largest = MathF.Max(largest, MathF.Abs(actual[i] - expected[i]));
        }

        largest.Should().BeLessThanOrEqualTo(1e-5f);
    }

    [Fact]
    public async Task One_image_of_super_resolution_names_its_licensee_and_looks_the_same()
    {
        string model = TestData.Require("super-resolution", "model.onnx");
        (long[] inputShape, float[] input) = TensorProto.ReadFloats(TestData.Require("super-resolution", "test_data_set_0", "input_0.pb"));
        (_, float[] clean) = TensorProto.ReadFloats(TestData.Require("super-resolution", "test_data_set_0", "output_0.pb"));
        await using ProtectedModel marked = await ProtectedModel.LoadAsync(
            builder => builder.UseOnnx(model).UseFingerprint(new RelativeFingerprint(_key)), licensee: "licensee-7");

        using InferenceOutputs outputs =
            await marked.Session.InferAsync(new InferenceInputs().Add(marked.Model.Signature.Inputs[0].Name, input, inputShape));

        float[] image = outputs[0].GetSpan<float>().ToArray();
        double noise = image.Zip(clean, (a, b) => ((double)a - b) * (a - b)).Average();
        double signal = clean.Average(b => (double)b * b);
        (noise / signal).Should().BeLessThan(1.1e-6, "the default changes values by a thousandth: 60 dB below them");

        // Eight bits a pixel are coarser than the mark, and still tell.
        RelativeEvidence evidence = new(clean.Length);
        evidence.AddInformed([.. image.Select(x => MathF.Round(x * 255) / 255)], clean).Should().BeTrue();
        ulong licensee = marked.Session.Permission.FingerprintId;
        TraceResult result = evidence.Trace(_key, marked.Model.Id, [.. Enumerable.Range(1, 50).Select(i => (ulong)i), licensee]);
        result.Accused.Should().Be(licensee);
    }

    [Fact]
    public async Task Magika_gives_the_label_and_score_of_every_reference_row()
    {
        string model = TestData.Require("magika", "model.onnx");
        int[][] rows = ReadMagikaRows();
        (string[] labels, (string Label, float Score)[] expected) = ReadMagikaExpectations();
        await using ProtectedModel plain = await ProtectedModel.LoadAsync(model);

        for (int i = 0; i < rows.Length; i++)
        {
            using InferenceOutputs outputs = await plain.Session.InferAsync(new InferenceInputs().Add("bytes", rows[i], 1, MagikaLength));
            ReadOnlySpan<float> scores = outputs[0].GetSpan<float>();
            int best = TensorPrimitives.IndexOfMax(scores);

            labels[best].Should().Be(expected[i].Label, $"row {i}");
            scores[best].Should().BeApproximately(expected[i].Score, 1e-5f);
        }
    }

    [Fact]
    public async Task A_fingerprint_leaves_the_class_of_every_mnist_image()
    {
        string model = TestData.Require("mnist", "model.onnx");
        float[][] images = ReadImages(TestData.Require("mnist", "images-0-4999.idx3-ubyte.gz"));
        await using ProtectedModel plain = await ProtectedModel.LoadAsync(model);
        await using ProtectedModel marked = await ProtectedModel.LoadAsync(model, _key);

        int differing = 0;
        foreach (float[] image in images)
        {
            InferenceInputs inputs = new InferenceInputs().Add("Input3", image, 1, 1, 28, 28);
            using InferenceOutputs reference = await plain.Session.InferAsync(inputs);
            using InferenceOutputs outputs = await marked.Session.InferAsync(inputs);
            differing += outputs[0].GetSpan<float>().SequenceEqual(reference[0].GetSpan<float>()) ? 0 : 1;
            TensorPrimitives.IndexOfMax<float>(outputs[0].GetSpan<float>())
                .Should().Be(TensorPrimitives.IndexOfMax<float>(reference[0].GetSpan<float>()));
        }

        images.Should().HaveCount(5_000);
        differing.Should().Be(5_000, "every row is marked");
    }

    [Fact]
    public async Task A_fingerprint_leaves_the_label_of_every_magika_row_also_in_batches()
    {
        string model = TestData.Require("magika", "model.onnx");
        int[][] rows = ReadMagikaRows();
        await using ProtectedModel plain = await ProtectedModel.LoadAsync(model);
        await using ProtectedModel marked = await ProtectedModel.LoadAsync(model, _key);
        InferenceInputs inputs = new InferenceInputs().Add("bytes", rows.SelectMany(row => row).ToArray(), rows.Length, MagikaLength);

        using InferenceOutputs reference = await plain.Session.InferAsync(inputs);
        using InferenceOutputs outputs = await marked.Session.InferAsync(inputs);

        int classes = (int)outputs[0].RowLength;
        for (int i = 0; i < rows.Length; i++)
        {
            TensorPrimitives.IndexOfMax<float>(outputs[0].GetSpan<float>().Slice(i * classes, classes))
                .Should().Be(TensorPrimitives.IndexOfMax<float>(reference[0].GetSpan<float>().Slice(i * classes, classes)), $"row {i}");
        }
    }

    [Fact]
    public async Task Silero_vad_keeps_its_state_through_the_facade()
    {
        string model = TestData.Require("silero-vad", "silero_vad.onnx");
        float[] wave = ReadWave(TestData.Require("silero-vad", "test.wav"));
        await using ProtectedModel plain = await ProtectedModel.LoadAsync(model);

        float[] state = new float[2 * 128];
        float[] frame = new float[64 + 512];
        int speech = 0, frames = 0;
        for (int start = 0; start + 512 <= wave.Length; start += 512, frames++)
        {
            frame.AsSpan(512).CopyTo(frame);
            wave.AsSpan(start, 512).CopyTo(frame.AsSpan(64));
            using InferenceOutputs outputs = await plain.Session.InferAsync(new InferenceInputs()
                .Add("input", frame, 1, 576).Add("state", state, 2, 1, 128).Add("sr", new long[] { 16_000 }));
            speech += outputs[0].GetSpan<float>()[0] > 0.5f ? 1 : 0;
            outputs[1].GetSpan<float>().CopyTo(state);
        }

        // A plain run finds speech in 1,452 of 1,875 frames.
        frames.Should().Be(1_875);
        speech.Should().Be(1_452);
    }

    private static int[][] ReadMagikaRows()
    {
        using GZipStream stream = new(File.OpenRead(TestData.Require("magika", "inputs.u16.gz")), CompressionMode.Decompress);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return [.. MemoryMarshal.Cast<byte, ushort>(bytes.ToArray()).ToArray().Select(value => (int)value).Chunk(MagikaLength)];
    }

    private static (string[] Labels, (string Label, float Score)[] Rows) ReadMagikaExpectations()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(TestData.Require("magika", "expected.json")));
        return (
            [.. json.RootElement.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)],
            [.. json.RootElement.GetProperty("rows").EnumerateArray()
                .Select(row => (row.GetProperty("label").GetString()!, row.GetProperty("score").GetSingle()))]);
    }

    private static float[][] ReadImages(string path)
    {
        using GZipStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return [.. bytes.ToArray().Skip(16).Select(pixel => (float)pixel).Chunk(28 * 28)];
    }

    private static float[] ReadWave(string path) =>
        [.. MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(path).AsSpan(44)).ToArray().Select(sample => sample / 32768f)];
}
