using System.Runtime.InteropServices;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Onnx;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.Tests.Sealing.Baking;

/// <summary>Models to bake into, and what can be read of them afterwards.</summary>
internal static class BakingModels
{
    public const int Inputs = 8;
    public const int Classes = 256;
    public const double Amplitude = 0.05;

    /// <summary>Made without randomness, so that the bias of class i is known.</summary>
    public static float Bias(int i) => (i - 10) / 8f;

    public static float[] Biases(int classes = Classes) => [.. Enumerable.Range(0, classes).Select(Bias)];

    public static FingerprintBaker Baker(FingerprintKey key, double amplitude = Amplitude, string? output = null) =>
        new(key, new BakingOptions { Amplitude = amplitude, Output = output });

    /// <summary>A product of matrices with weights; the last nodes are the caller's, from <c>product</c> on.</summary>
    public static OnnxGraph Product(int classes = Classes, OnnxType type = OnnxType.Float) => new OnnxGraph("product")
        .Input("x", type, "batch", Inputs)
        .Initializer("w", Tensor(type, new float[Inputs * classes], Inputs, classes))
        .Node("MatMul", ["x", "w"], ["product"]);

    /// <summary>The usual last layer: a product and a bias.</summary>
    public static OnnxGraph MatMulAdd(int classes = Classes, OnnxType type = OnnxType.Float) => Product(classes, type)
        .Initializer("b", Tensor(type, Biases(classes), classes))
        .Node("Add", ["product", "b"], ["logits"])
        .Output("logits", type, "batch", classes);

    public static OnnxGraph Gemm(int classes = Classes, params OnnxAttribute[] attributes) => new OnnxGraph("gemm")
        .Input("x", OnnxType.Float, "batch", Inputs)
        .Initializer("w", OnnxTensor.Of<float>(new float[Inputs * classes], Inputs, classes))
        .Initializer("b", OnnxTensor.Of<float>(Biases(classes), 1, classes))
        .Node("Gemm", ["x", "w", "b"], ["logits"], attributes)
        .Output("logits", OnnxType.Float, "batch", classes);

    public static OnnxTensor Tensor(OnnxType type, float[] values, params long[] dims) => type switch
    {
        OnnxType.Float16 => OnnxTensor.Of<Half>(Array.ConvertAll(values, value => (Half)value), dims),
        OnnxType.Double => OnnxTensor.Of<double>(Array.ConvertAll(values, value => (double)value), dims),
        _ => OnnxTensor.Of<float>(values, dims),
    };

    /// <summary>The signs of a licensee, worked out from the key alone.</summary>
    public static int[] Signs(FingerprintKey key, ReadOnlyMemory<byte> cleanModel, ulong licensee, int length)
    {
        using CarrierKey carrier = key.DeriveCarrierKey(new FingerprintSubject(ModelId.Compute(cleanModel.Span), licensee));
        byte[] bytes = new byte[CarrierKey.Size];
        carrier.Export(bytes);
        using System.Security.Cryptography.Aes aes = System.Security.Cryptography.Aes.Create();
        aes.Key = bytes[..16];
        return [.. Enumerable.Range(0, length).Select(i =>
        {
            byte[] counter = new byte[16];
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(counter.AsSpan(8), (length < 128 ? 128 : 0) + (i / 128));
            byte[] block = aes.EncryptEcb(counter, System.Security.Cryptography.PaddingMode.None);
            return 1 - (2 * ((block[i % 128 / 8] >> (i % 8)) & 1));
        })];
    }

    /// <summary>The values of an initializer that are in the graph as raw data.</summary>
    public static float[] Floats(ReadOnlyMemory<byte> model, string initializer) => MemoryMarshal.Cast<byte, float>(Raw(model, initializer)).ToArray();

    public static byte[] Raw(ReadOnlyMemory<byte> model, string initializer)
    {
        new OnnxGraphView(model).TryFindInitializer(initializer, out TensorHeader tensor).Should().BeTrue();
        tensor.HasTypedValues.Should().BeFalse();
        return tensor.Start.Slice(tensor.RawData!.Value).ToArray();
    }

    /// <summary>The clean biases, moved by the signs.</summary>
    public static float[] Marked(int[] signs, double amplitude = Amplitude) => [.. signs.Select((sign, i) => (float)(Bias(i) + (sign * amplitude)))];

    public static OnnxNode Producer(ReadOnlyMemory<byte> model, string value) => new OnnxGraphView(model).FindProducer(value)!;
}
