using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>The graph of an ONNX model, as far as sealing and loading read it.</summary>
internal sealed class OnnxTarget : FuzzTarget
{
    public override string Name => "onnx";

    public override void Decode(byte[] input)
    {
        try
        {
            OnnxModelScanner.Scan(input);
        }
        catch (OnnxFormatException)
        {
            // Refused as documented.
        }
    }

    public override IEnumerable<byte[]> Seeds() =>
        [TestModels.TestModel.LinearClassifier(4, 3), TestModels.TestModel.Mlp(2, 2, 2, 2), TestModels.TestModel.MultiInputOutput(), TestModels.TestModel.WithOptionalInput()];
}
