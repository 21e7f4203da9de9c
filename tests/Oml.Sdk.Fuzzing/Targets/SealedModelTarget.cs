using Oml.Sdk.Sealing;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>The front of a sealed model: header, signature, manifest, layout.</summary>
internal sealed class SealedModelTarget : FuzzTarget
{
    public override string Name => "sealed-model";

    public override void Decode(byte[] input)
    {
        try
        {
            using MemoryStream stream = new(input);
            using SealedModel model = SealedModel.Open(stream, TestKeys.Issuer.PublicKey);
        }
        catch (SealedModelException)
        {
            // Refused as documented.
        }
    }

    public override IEnumerable<byte[]> Seeds()
    {
        using ContentKey key = ContentKey.Generate();
        using MemoryStream file = new();
        ModelPackage package = new ModelPackage("model.onnx", TestModels.TestModel.LinearClassifier(2, 2)).AddBytes("tokenizer.json", new byte[100]);
        SealOptions options = new() { Name = "fuzz", Version = "1" };
        options.Metadata["author"] = "nobody";
        new ModelSealer(TestKeys.Issuer, key).SealAsync(package, file, options).GetAwaiter().GetResult();
        return [file.ToArray()];
    }
}
