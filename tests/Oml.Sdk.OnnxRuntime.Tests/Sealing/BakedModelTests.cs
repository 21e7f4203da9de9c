using System.IO.Compression;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;
using Oml.Sdk.Tests.Support;
using Runtime = Oml.Sdk.OnnxRuntime.Tests.TestModels.LoadedModel;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing;

/// <summary>What licensees' copies compute, in ONNX Runtime: the clean outputs and the signs, and whom they name.</summary>
public sealed class BakedModelTests : IDisposable
{
    private const float Amplitude = 0.05f;
    private const ulong Licensee = 42;

    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-baked-");
    private readonly FingerprintKey _key = FingerprintKey.Generate();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    public static TheoryData<string, int, BakedPlacement> Models => new()
    {
        { "gemm", 200, BakedPlacement.Bias },
        { "gemm", 64, BakedPlacement.Bias },
        { "product alone", 200, BakedPlacement.AddedNode },
        { "shared bias", 200, BakedPlacement.AddedNode },
        { "overridable bias", 200, BakedPlacement.AddedNode },
        { "quantized", 200, BakedPlacement.AddedNode },
        { "branch", 200, BakedPlacement.AddedNode },
        { "old, typed list", 200, BakedPlacement.Bias },
        { "old, no bias", 200, BakedPlacement.AddedNode },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void The_outputs_are_the_clean_ones_and_the_signs(string kind, int classes, BakedPlacement placement)
    {
        byte[] clean = Build(kind, classes);

        BakedModel baked = Baker().Bake(clean, Licensee);

        baked.Fingerprint.Placement.Should().Be(placement);
        float[] x = [.. Enumerable.Range(0, 3 * 8).Select(i => MathF.Sin(i))];
        float[] expected = Run(clean, x, "logits");
        float[] actual = Run(baked.Content.ToArray(), x, "logits");
        int[] signs = [.. Enumerable.Range(0, classes).Select(i => MathF.Sign(actual[i] - expected[i]))];
        for (int i = 0; i < actual.Length; i++)
        {
            (actual[i] - expected[i]).Should().BeApproximately(signs[i % classes] * Amplitude, 2e-5f, $"element {i}, the same in every row");
        }

        FingerprintEvidence evidence = FingerprintEvidence.ForBakedRows(classes);
        for (int row = 0; row < 3; row++)
        {
            evidence.AddInformed(actual.AsSpan(row * classes, classes), expected.AsSpan(row * classes, classes)).Should().BeTrue();
        }

        TraceResult trace = evidence.Trace(_key, ModelId.Compute(clean), Thousand);
        trace.Accused.Should().Be(Licensee);
        trace.Ranked[0].Log10PValue.Should().BeLessThan(-12, "that names one of a million, at a false-accusation rate of 10⁻⁶");
    }

    [Fact]
    public void What_reads_the_marked_value_reads_it_marked()
    {
        byte[] clean = Product(100).Node("Identity", ["product"], ["logits"]).Node("Exp", ["logits"], ["powers"])
            .Output("logits", OnnxType.Float, "batch", 100).Output("powers", OnnxType.Float, "batch", 100).ToArray();
        byte[] baked = Baker("logits").Bake(clean, Licensee).Content.ToArray();
        float[] x = [.. Enumerable.Range(0, 8).Select(i => i / 20f)];

        float[] logits = Run(baked, x, "logits");

        Run(baked, x, "powers").Should().Equal(logits.Select(MathF.Exp), (a, b) => MathF.Abs(a - b) <= 1e-5f * b);
        logits.Should().NotEqual(Run(clean, x, "logits"));
    }

    [Theory]
    [InlineData(OnnxType.Float16)]
    [InlineData(OnnxType.Double)]
    public void Halves_and_doubles_are_marked(OnnxType type)
    {
        byte[] withBias = new OnnxGraph("g").Input("x", type, "batch", 100).Initializer("b", Tensor(type, new float[100]))
            .Node("Add", ["x", "b"], ["y"]).Output("y", type, "batch", 100).ToArray();
        byte[] without = new OnnxGraph("g").Input("x", type, "batch", 100).Node("Neg", ["x"], ["y"]).Output("y", type, "batch", 100).ToArray();

        foreach (byte[] clean in new[] { withBias, without })
        {
            using Runtime model = new(Baker().Bake(clean, Licensee).Content.ToArray());
            double[] y = type == OnnxType.Double
                ? model.Run<double>("y", ("x", Runtime.Tensor(new double[100], 1, 100)))
                : [.. model.Run<Float16>("y", ("x", Runtime.Tensor(new Float16[100], 1, 100))).Select(value => (double)(float)value)];

            y.Should().OnlyContain(value => Math.Abs(Math.Abs(value) - Amplitude) < 1e-4);
            y.Distinct().Should().HaveCount(2);
        }
    }

    [Fact]
    public async Task A_sealed_copy_with_its_bias_outside_of_the_graph_computes_the_clean_outputs_and_the_signs()
    {
        const int Classes = 1000;
        byte[] plain = TestModel.LinearClassifier(64, Classes);
        string path = ExternalModel.Write(_folder.FullName, plain);
        using PermissionIssuer publisher = PermissionIssuer.Create();
        using ContentKey contentKey = ContentKey.Generate();
        using LicenseeKey licensee = LicenseeKey.Create();
        string target = Path.Combine(_folder.FullName, "licensee.oml");
        ModelPackage package = ModelPackage.FromOnnx(path);
        BakedFingerprint fingerprint = package.Bake(Baker(), Licensee);
        ModelId id = await new ModelSealer(publisher, contentKey).SealAsync(package, target, new SealOptions { Name = "m" }, cancellationToken: Cancellation);
        await using OmlModel model = await OmlModel.CreateBuilder().UseOnnxRuntime().TrustIssuer(publisher.PublicKey)
            .UseSealedModel(target, licensee).BuildAsync(Cancellation);
        await using OmlSession session = await model.AuthorizeAsync(
            publisher.Issue(new PermissionRequest
            {
                Licensee = "licensee", Model = id, Lifetime = TimeSpan.FromHours(1), WrappedContentKey = contentKey.WrapFor(licensee.PublicKey, id),
            }),
            Cancellation);
        float[] x = [.. Enumerable.Range(0, 64).Select(i => MathF.Cos(i))];

        using InferenceOutputs outputs = await session.InferAsync(new InferenceInputs().Add("x", x, 1, 64), Cancellation);

        float[] expected = Run(plain, x, "logits", 64);
        float[] actual = outputs[0].GetSpan<float>().ToArray();
        fingerprint.Placement.Should().Be(BakedPlacement.Bias);
        actual.Zip(expected, (a, e) => MathF.Abs(MathF.Abs(a - e) - Amplitude)).Max().Should().BeLessThan(2e-5f);
        FingerprintEvidence evidence = new(Classes);
        evidence.AddInformed(actual, expected);
        evidence.Trace(_key, fingerprint.Subject.Model, Thousand).Accused.Should().Be(Licensee);
    }

    [Fact]
    public void Mnist_has_too_few_classes()
    {
        byte[] clean = File.ReadAllBytes(TestData.Require("mnist", "model.onnx"));

        FluentActions.Invoking(() => Baker().Bake(clean, Licensee)).Should().Throw<BakingException>()
            .WithMessage("*10 elements*").Which.Failure.Should().Be(BakingFailure.UnsupportedRowLength);
    }

    [Fact]
    public void A_real_classifier_s_probabilities_name_the_licensee_and_its_labels_change_no_more_than_calibration_says()
    {
        const int Length = 2048;
        byte[] clean = File.ReadAllBytes(TestData.Require("magika", "model.onnx"));
        using MemoryStream rows = new();
        using (GZipStream zip = new(File.OpenRead(TestData.Require("magika", "inputs.u16.gz")), CompressionMode.Decompress))
        {
            zip.CopyTo(rows);
        }

        int[] bytes = [.. MemoryMarshal.Cast<byte, ushort>(rows.ToArray()).ToArray().Select(value => (int)value)];
        BakedModel baked = Baker().Bake(clean, Licensee);
        using Runtime reference = new(clean), suspect = new(baked.Content.ToArray());
        string output = baked.Fingerprint.Output;
        long count = bytes.Length / Length;
        float[] expected = reference.Run<float>(output, ("bytes", Runtime.Tensor(bytes, count, Length)));
        float[] actual = suspect.Run<float>(output, ("bytes", Runtime.Tensor(bytes, count, Length)));
        int classes = expected.Length / (int)count;

        BakingCalibration calibration = new();
        FingerprintEvidence evidence = FingerprintEvidence.ForBakedRows(classes);
        int changed = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> before = expected.AsSpan(i * classes, classes), after = actual.AsSpan(i * classes, classes);
            calibration.Add([.. before.ToArray().Select(p => MathF.Log(p))]);
            changed += TensorPrimitives.IndexOfMax(before) == TensorPrimitives.IndexOfMax(after) ? 0 : 1;
            if (i < 10)
            {
                evidence.AddInformedProbabilities(after, before);
            }
        }

        TraceResult trace = evidence.Trace(_key, baked.Fingerprint.Subject.Model, Thousand);
        trace.Accused.Should().Be(Licensee);
        trace.Ranked[0].Log10PValue.Should().BeLessThan(-12);
        (changed / (double)count).Should().BeLessThanOrEqualTo(calibration.ShareAtRisk(Amplitude + 1e-4));
        baked.Fingerprint.Placement.Should().Be(BakedPlacement.Bias, "its softmax is written out, and a bias comes before");
    }

    [Fact]
    public void A_real_language_model_s_logits_name_the_licensee()
    {
        byte[] clean = File.ReadAllBytes(TestData.Require("tiny-gpt2", "past.onnx"));
        using InferenceSession plain = new(clean);
        BakedModel baked = Baker(plain.OutputNames[0], 0.002).Bake(clean, Licensee);
        using InferenceSession copy = new(baked.Content.ToArray());

        float[] expected = MemoryMarshal.Cast<byte, float>(SessionRun.Outputs(plain)[0]).ToArray();
        float[] actual = MemoryMarshal.Cast<byte, float>(SessionRun.Outputs(copy)[0]).ToArray();

        int length = baked.Fingerprint.RowLength;
        FingerprintEvidence evidence = new(length);
        for (int start = 0; start < expected.Length; start += length)
        {
            evidence.AddInformed(actual.AsSpan(start, length), expected.AsSpan(start, length)).Should().BeTrue();
        }

        evidence.Rows.Should().BeLessThan(10);
        evidence.Trace(_key, ModelId.Compute(clean), Thousand).Accused.Should().Be(Licensee);
    }

    private FingerprintBaker Baker(string? output = null, double amplitude = Amplitude) =>
        new(_key, new BakingOptions { Amplitude = amplitude, Output = output });

    private static OnnxGraph Product(int classes) => new OnnxGraph("product").Input("x", OnnxType.Float, "batch", 8)
        .Initializer("w", OnnxTensor.Of<float>(Values(8 * classes, 1), 8, classes)).Node("MatMul", ["x", "w"], ["product"]);

    private static byte[] Build(string kind, int classes)
    {
        OnnxTensor bias = OnnxTensor.Of<float>(Values(classes, 2), classes);
        return kind switch
        {
            "gemm" => TestModel.LinearClassifier(8, classes),
            "product alone" => Logits(new OnnxGraph("g").Input("x", OnnxType.Float, "batch", 8)
                .Initializer("w", OnnxTensor.Of<float>(Values(8 * classes, 1), 8, classes)).Node("MatMul", ["x", "w"], ["logits"])),
            "shared bias" => Logits(Product(classes).Initializer("b", bias).Node("Mul", ["product", "b"], ["scaled"]).Node("Add", ["scaled", "b"], ["logits"])),
            "overridable bias" => Logits(Product(classes).Input("b", OnnxType.Float, classes).Initializer("b", bias).Node("Add", ["product", "b"], ["logits"])),
            "quantized" => Logits(Product(classes)
                .Initializer("scale", OnnxTensor.Of<float>([0.1f])).Initializer("zero", OnnxTensor.Of<byte>([128]))
                .Node("QuantizeLinear", ["product", "scale", "zero"], ["q"]).Node("DequantizeLinear", ["q", "scale", "zero"], ["logits"])),
            "branch" => Logits(Product(classes).Initializer("yes", OnnxTensor.Of<bool>([true])).Node(
                "If", ["yes"], ["logits"], OnnxAttribute.Graph("then_branch", Branch("Exp")), OnnxAttribute.Graph("else_branch", Branch("Neg")))),
            "old, typed list" => Old(classes, "Add"),
            _ => Old(classes, "MatMul"),
        };

        OnnxGraph Branch(string operation) =>
            new OnnxGraph(operation).Node(operation, ["product"], [$"{operation}_y"]).Output($"{operation}_y", OnnxType.Float, "batch", classes);

        byte[] Logits(OnnxGraph graph) => graph.Output("logits", OnnxType.Float, "batch", classes).ToArray();
    }

    // As exporters wrote them in 2018: format version 3, operator set 8, initializers that are inputs too, values as lists of floats.
    private static byte[] Old(int classes, string last)
    {
        ProtobufWriter model = new();
        model.Integer(1, 3);
        model.Message(7, graph =>
        {
            graph.Message(1, node => Node(node, "MatMul", last == "MatMul" ? "logits" : "product", "x", "w"));
            if (last == "Add")
            {
                graph.Message(1, node => Node(node, "Add", "logits", "product", "b"));
            }

            graph.Text(2, "old");
            graph.Message(5, tensor => Typed(tensor, "w", Values(8 * classes, 1), 8, classes));
            graph.Message(11, input => Value(input, "x", 3, 8));
            graph.Message(11, input => Value(input, "w", 8, classes));
            if (last == "Add")
            {
                graph.Message(5, tensor => Typed(tensor, "b", Values(classes, 2), classes));
                graph.Message(11, input => Value(input, "b", classes));
            }

            graph.Message(12, output => Value(output, "logits", 3, classes));
        });
        model.Message(8, set => set.Integer(2, 8));
        return model.Written.ToArray();
    }

    private static void Node(ProtobufWriter node, string operation, string output, params string[] inputs)
    {
        Array.ForEach(inputs, input => node.Text(1, input));
        node.Text(2, output);
        node.Text(4, operation);
    }

    private static void Typed(ProtobufWriter tensor, string name, float[] values, params long[] dims)
    {
        tensor.PackedIntegers(1, dims);
        tensor.Integer(2, 1);
        tensor.Bytes(4, MemoryMarshal.AsBytes<float>(values));
        tensor.Text(8, name);
    }

    private static void Value(ProtobufWriter value, string name, params long[] dims)
    {
        value.Text(1, name);
        value.Message(2, type => type.Message(1, tensor =>
        {
            tensor.Integer(1, 1);
            tensor.Message(2, shape => Array.ForEach(dims, dim => shape.Message(1, length => length.Integer(1, dim))));
        }));
    }

    private static OnnxTensor Tensor(OnnxType type, float[] values) => type == OnnxType.Double
        ? OnnxTensor.Of<double>(Array.ConvertAll(values, value => (double)value), values.Length)
        : OnnxTensor.Of<Half>(Array.ConvertAll(values, value => (Half)value), values.Length);

    private static float[] Values(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static float[] Run(byte[] model, float[] x, string output, int inputs = 8)
    {
        using Runtime loaded = new(model);
        return loaded.Run<float>(output, ("x", Runtime.Tensor(x, x.Length / inputs, inputs)));
    }
}
