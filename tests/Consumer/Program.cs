// What a user writes first, against the packages as they are published. Argument: the path of an ONNX classifier of 28 × 28 images.
using Oml.Sdk;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;

using PermissionIssuer publisher = PermissionIssuer.Create(PermissionAlgorithm.ES256);
using FingerprintKey fingerprintKey = FingerprintKey.Generate();
await using OmlModel model = await OmlModel.CreateBuilder()
    .UseOnnx(args[0])
    .UseOnnxRuntime()
    .TrustIssuer(publisher.PublicKey)
    .UseFingerprint(new LogitFingerprint(fingerprintKey))
    .BuildAsync();
byte[] permission = publisher.Issue(new PermissionRequest
{
    Licensee = "consumer",
    Model = model.Id,
    Lifetime = TimeSpan.FromMinutes(5),
    Quota = 1,
});

InferenceInputs inputs = new InferenceInputs().Add("image", new float[784], 1, 1, 28, 28);
using (InferenceOutputs outputs = await model.InferAsync(inputs, permission))
{
    Console.WriteLine($"{outputs.Count} output of {outputs[0].Length} logits on {model.ExecutionProvider}");
}

try
{
    using InferenceOutputs again = await model.InferAsync(inputs, permission);
    return 1;
}
catch (PermissionDeniedException error) when (error.Reason == DenialReason.Replayed)
{
    Console.WriteLine("The second use was refused, as it should be.");
    return 0;
}
