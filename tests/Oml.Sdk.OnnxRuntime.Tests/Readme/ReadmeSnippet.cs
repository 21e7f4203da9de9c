using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.OnnxRuntime.Tests.Readme;

/// <summary>The code that README shows, compiled and run; <see cref="ReadmeTests"/> compares the two.</summary>
internal static class ReadmeSnippet
{
    public static async Task<float[]> RunAsync(string modelPath, string sealedPath, float[] pixels)
    {
        // <readme>
        // The licensee, once: a key of its own, whose public half goes to the publisher.
        using LicenseeKey licensee = LicenseeKey.Create();

        // The publisher, once: keys, a sealed model for everybody, and a permission for one licensee.
        using PermissionIssuer publisher = PermissionIssuer.Create(PermissionAlgorithm.ES256);
        using FingerprintKey fingerprintKey = FingerprintKey.Generate();
        using ContentKey contentKey = ContentKey.Generate();
        ModelId id = await new ModelSealer(publisher, contentKey)
            .SealAsync(ModelPackage.FromOnnx(modelPath), sealedPath, new SealOptions { Name = "digits" });
        byte[] permission = publisher.Issue(new PermissionRequest
        {
            Licensee = "alice@example.com",
            Model = id,
            Lifetime = TimeSpan.FromDays(30),
            Quota = 1_000,
            WrappedContentKey = contentKey.WrapFor(licensee.PublicKey, id),
        });

        // The application: the model opens, and runs, under permissions of that publisher, and under no others.
        await using OmlModel model = await OmlModel.CreateBuilder()
            .UseSealedModel(sealedPath, licensee)
            .UseOnnxRuntime(options => options.ExecutionProvider = ExecutionProvider.CudaThenCpu)
            .TrustIssuer(publisher.PublicKey)
            .UseFingerprint(new LogitFingerprint(fingerprintKey))
            .BuildAsync();

        await using OmlSession session = await model.AuthorizeAsync(permission);
        InferenceInputs inputs = new InferenceInputs().Add("image", pixels, 1, 1, 28, 28);
        using InferenceOutputs outputs = await session.InferAsync(inputs);
        ReadOnlySpan<float> logits = outputs["logits"].GetSpan<float>();
        // </readme>
        return logits.ToArray();
    }
}
