using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Tests.Sealing.Onnx;

public sealed class InlinePolicyTests
{
    [Theory]
    [InlineData(1, new long[] { 255 }, true)] // 1,020 bytes
    [InlineData(1, new long[] { 256 }, false)] // 1,024 bytes
    [InlineData(1, new long[] { 16, 16 }, false)]
    [InlineData(1, new long[] { }, true)]
    [InlineData(7, new long[] { 8192 }, true)] // int64, 64 KiB
    [InlineData(7, new long[] { 8193 }, false)]
    [InlineData(7, new long[] { 64, 64 }, false)] // a matrix says no shape
    [InlineData(9, new long[] { 65536 }, true)] // bool
    [InlineData(10, new long[] { 4096 }, false)] // float16
    [InlineData(22, new long[] { 131072 }, true)] // int4
    [InlineData(23, new long[] { 131072 }, false)] // float4e2m1
    public void Keeps_inline_what_is_small_or_may_say_a_shape(int type, long[] dims, bool inline)
    {
        OnnxModelScan scan = OnnxModelScanner.Scan(
            ModelForge.WithInitializer(ModelForge.External("w", type, dims, ("location", "w"))));
        ExternalTensor external = scan.ExternalTensors[0];

        InlinePolicy.MustBeInline(external).Should().Be(inline);

        byte[] written = new OnnxModelRewriter(scan, [TensorEdit.ToInline(external, new byte[external.Length])]).ToArray();
        InlinePolicy.MustBeInline(OnnxModelScanner.Scan(written, 0).LargeInlineTensors[0]).Should().Be(inline);
    }

    [Fact]
    public void Keeps_inline_what_a_runtime_cannot_be_handed()
    {
        byte[] model = ModelForge.Everywhere(name => ModelForge.External(name, ModelForge.Float, [1024, 1024], ("location", "w")));

        OnnxModelScanner.Scan(model).ExternalTensors.Where(t => !InlinePolicy.MustBeInline(t)).Select(t => t.Name)
            .Should().Equal("top-0", "top-1");
    }
}
