using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Tests.Support;
using Oml.Sdk.Sealing.Onnx;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing;

/// <summary>What ONNX Runtime makes of models whose tensors were moved.</summary>
public sealed class RewrittenModelTests : IDisposable
{
    private const string Weights = "weights.bin";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-rewritten-");

    public static TheoryData<string, int> RealModels => new()
    {
        { "mnist/model.onnx", 0 }, // its values are typed lists
        { "magika/model.onnx", 9 },
        { "super-resolution/model.onnx", 4 },
        { "nnsplit/en.onnx", 12 },
        { "tiny-gpt2/past.onnx", 23 },
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(RealModels))]
    public void A_real_model_gives_the_same_outputs_with_its_weights_in_a_file(string file, int movable)
    {
        byte[] original = File.ReadAllBytes(TestData.Require(file.Split('/')));
        byte[][] expected = Run(original);

        OnnxModelScan outside = MoveOut(original);

        outside.ExternalTensors.Should().HaveCount(movable);
        string path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllBytes(path, outside.Model.Span);
        using SessionOptions options = Options();
        using InferenceSession session = new(path, options);
        ShouldBeEqual(SessionRun.Outputs(session), expected);
    }

    [Theory]
    [MemberData(nameof(RealModels))]
    public void A_real_model_gives_the_same_outputs_with_its_weights_out_and_in_again(string file, int movable)
    {
        byte[] original = File.ReadAllBytes(TestData.Require(file.Split('/')));
        byte[][] expected = Run(original);
        OnnxModelScan outside = MoveOut(original);
        byte[] weights = File.ReadAllBytes(Path.Combine(_folder.FullName, Weights));

        byte[] inside = new OnnxModelRewriter(outside, outside.ExternalTensors.Select(
            tensor => TensorEdit.ToInline(tensor, weights.AsMemory((int)tensor.Offset, (int)tensor.Length)))).ToArray();

        OnnxModelScanner.Scan(inside).LargeInlineTensors.Count(t => !InlinePolicy.MustBeInline(t)).Should().Be(movable);
        ShouldBeEqual(Run(inside), expected);
    }

    [Theory]
    [MemberData(nameof(RealModels))]
    public void A_real_model_gives_the_same_outputs_when_it_is_handed_its_weights(string file, int movable)
    {
        byte[] original = File.ReadAllBytes(TestData.Require(file.Split('/')));
        byte[][] expected = Run(original, GraphOptimizationLevel.ORT_DISABLE_ALL);

        OnnxModelScan outside = MoveOut(original);

        outside.ExternalTensors.Should().HaveCount(movable);
        ShouldBeEqual(RunWithWeights(outside, GraphOptimizationLevel.ORT_DISABLE_ALL), expected);
    }

    [Fact]
    public void Optimizations_of_ONNX_Runtime_read_the_file_and_not_the_weights_that_it_was_handed()
    {
        OnnxModelScan outside = MoveOut(File.ReadAllBytes(TestData.Require("magika", "model.onnx")));
        Action load = () => RunWithWeights(outside, GraphOptimizationLevel.ORT_ENABLE_ALL);

        // When this no longer throws, handing over weights no longer needs the optimizations off.
        load.Should().Throw<OnnxRuntimeException>().WithMessage("*given file_length: 0*");
    }

    [Fact]
    public void A_branch_with_external_values_gives_the_same_outputs_with_the_values_inside()
    {
        byte[] weights = MemoryMarshal.AsBytes<float>([1f, 2f, 3f, 10f, 20f, 30f]).ToArray();
        File.WriteAllBytes(Path.Combine(_folder.FullName, Weights), weights);
        byte[] model = TwoBranches();
        string path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllBytes(path, model);
        using SessionOptions options = Options();
        using InferenceSession session = new(path, options);
        byte[][] expected = SessionRun.Outputs(session);
        MemoryMarshal.Cast<byte, float>(expected[0]).ToArray().Should().Equal(1f, 2f, 3f);
        OnnxModelScan scan = OnnxModelScanner.Scan(model);
        scan.ExternalTensors.Should().HaveCount(2).And.OnlyContain(t => InlinePolicy.MustBeInline(t));

        byte[] inside = new OnnxModelRewriter(scan, scan.ExternalTensors.Select(
            tensor => TensorEdit.ToInline(tensor, weights.AsMemory((int)tensor.Offset, (int)tensor.Length)))).ToArray();

        ShouldBeEqual(Run(inside), expected);
    }

    [Fact]
    public void The_scan_of_silero_goes_through_its_branches()
    {
        byte[] model = File.ReadAllBytes(TestData.Require("silero-vad", "silero_vad.onnx"));

        OnnxModelScan scan = OnnxModelScanner.Scan(model);

        scan.InputNames.Should().Equal("input", "state", "sr");
        scan.OutputNames.Should().Equal("output", "stateN");
        scan.LargeInlineTensors.Should().BeEmpty("all of its values are constants inside branches");
    }

    [Fact]
    public void What_the_scan_takes_for_another_format_ONNX_Runtime_does_too()
    {
        byte[] model = new OnnxGraph("x").Producer("ORTM", "1")
            .Input("x", OnnxType.Float, 1).Node("Identity", ["x"], ["y"]).Output("y", OnnxType.Float, 1).ToArray();
        Action scan = () => OnnxModelScanner.Scan(model);
        Action load = () => Run(model);

        scan.Should().Throw<OnnxFormatException>();
        load.Should().Throw<OnnxRuntimeException>().WithMessage("*ORT*");
    }

    [Fact]
    public void A_data_location_of_more_than_32_bits_that_the_scan_refuses_is_external_to_ONNX_Runtime()
    {
        ProtobufWriter model = new();
        model.Integer(1, 8);
        model.Message(7, graph =>
        {
            graph.Message(1, node =>
            {
                node.Text(1, "values");
                node.Text(2, "y");
                node.Text(4, "Identity");
            });
            graph.Text(2, "smuggled");
            graph.Message(5, tensor =>
            {
                tensor.PackedIntegers(1, [1]);
                tensor.Integer(2, 1);
                tensor.Text(8, "values");
                tensor.Bytes(9, new byte[4]);
                tensor.Message(13, entry => Entry(entry, "location", "smuggled.bin"));
                tensor.Integer(14, (1L << 32) + 1);
            });
            graph.Message(12, output => ValueInfo(output, "y", 1, 1));
        });
        model.Message(8, opset => opset.Integer(2, 17));
        byte[] bytes = model.Written.ToArray();
        Action scan = () => OnnxModelScanner.Scan(bytes);
        Action load = () => Run(bytes);

        scan.Should().Throw<OnnxFormatException>();
        load.Should().Throw<OnnxRuntimeException>().WithMessage("*smuggled.bin*");
    }

    private static byte[][] Run(byte[] model, GraphOptimizationLevel optimization = GraphOptimizationLevel.ORT_ENABLE_ALL)
    {
        using SessionOptions options = Options();
        options.GraphOptimizationLevel = optimization;
        using InferenceSession session = new(model, options);
        return SessionRun.Outputs(session);
    }

    private static void ShouldBeEqual(byte[][] actual, byte[][] expected)
    {
        actual.Should().HaveSameCount(expected);
        for (int i = 0; i < expected.Length; i++)
        {
            actual[i].AsSpan().SequenceEqual(expected[i]).Should().BeTrue($"output {i} is the same bit for bit");
        }
    }

    private static SessionOptions Options() => new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };

    private static unsafe OrtValue Value(ExternalTensor tensor, MemoryHandle memory) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance,
        (Microsoft.ML.OnnxRuntime.Tensors.TensorElementType)tensor.ElementType,
        [.. tensor.Dims],
        (nint)((byte*)memory.Pointer + tensor.Offset),
        tensor.Length);

    /// <summary>Runs a model whose weights are handed over while their file is empty.</summary>
    private byte[][] RunWithWeights(OnnxModelScan outside, GraphOptimizationLevel optimization)
    {
        byte[] weights = File.ReadAllBytes(Path.Combine(_folder.FullName, Weights));
        File.WriteAllBytes(Path.Combine(_folder.FullName, Weights), []);
        using MemoryHandle memory = weights.AsMemory().Pin();
        using SessionOptions options = Options();
        options.GraphOptimizationLevel = optimization;
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", _folder.FullName);
        List<OrtValue> values = [];
        try
        {
            foreach (ExternalTensor tensor in outside.ExternalTensors)
            {
                values.Add(Value(tensor, memory));
                options.AddInitializer(tensor.Name, values[^1]);
            }

            using InferenceSession session = new(outside.Model.ToArray(), options);
            return SessionRun.Outputs(session);
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }

    /// <summary>Writes the weights of a model into a file and scans the model that is left.</summary>
    private OnnxModelScan MoveOut(byte[] model)
    {
        OnnxModelScan scan = OnnxModelScanner.Scan(model);
        using FileStream file = File.Create(Path.Combine(_folder.FullName, Weights));
        List<TensorEdit> edits = [];
        foreach (InlineTensor tensor in scan.LargeInlineTensors.Where(t => !InlinePolicy.MustBeInline(t)))
        {
            file.Position = (file.Position + 63) & ~63L;
            edits.Add(TensorEdit.ToExternal(tensor, Weights, file.Position));
            file.Write(model.AsSpan(tensor.Data.Start, tensor.Data.Length));
        }

        return OnnxModelScanner.Scan(new OnnxModelRewriter(scan, edits).ToArray());
    }

    // y = condition ? x + then : x + else, on x = 0 where the branches hold their values in the file.
    private static byte[] TwoBranches()
    {
        ProtobufWriter model = new();
        model.Integer(1, 8);
        model.Message(7, graph =>
        {
            graph.Message(1, node =>
            {
                node.Text(1, "condition");
                node.Text(2, "y");
                node.Text(4, "If");
                node.Message(5, attribute => Branch(attribute, "then_branch", 0));
                node.Message(5, attribute => Branch(attribute, "else_branch", 12));
            });
            graph.Text(2, "two-branches");
            graph.Message(11, input => ValueInfo(input, "condition", 9));
            graph.Message(12, output => ValueInfo(output, "y", 1, 3));
        });
        model.Message(8, opset => opset.Integer(2, 17));
        return model.Written.ToArray();
    }

    private static void Branch(ProtobufWriter attribute, string name, long offset)
    {
        attribute.Text(1, name);
        attribute.Message(6, graph =>
        {
            graph.Message(1, node =>
            {
                node.Text(1, $"{name}_values");
                node.Text(2, $"{name}_y");
                node.Text(4, "Identity");
            });
            graph.Text(2, name);
            graph.Message(5, tensor =>
            {
                tensor.PackedIntegers(1, [3]);
                tensor.Integer(2, 1);
                tensor.Text(8, $"{name}_values");
                tensor.Message(13, entry => Entry(entry, "location", Weights));
                tensor.Message(13, entry => Entry(entry, "offset", $"{offset}"));
                tensor.Message(13, entry => Entry(entry, "length", "12"));
                tensor.Integer(14, 1);
            });
            graph.Message(12, output => ValueInfo(output, $"{name}_y", 1, 3));
        });
        attribute.Integer(20, 5);
    }

    private static void Entry(ProtobufWriter entry, string key, string value)
    {
        entry.Text(1, key);
        entry.Text(2, value);
    }

    private static void ValueInfo(ProtobufWriter value, string name, int type, params long[] shape)
    {
        value.Text(1, name);
        value.Message(2, valueType => valueType.Message(1, tensor =>
        {
            tensor.Integer(1, type);
            tensor.Message(2, dims => Array.ForEach(shape, length => dims.Message(1, dim => dim.Integer(1, length))));
        }));
    }
}
