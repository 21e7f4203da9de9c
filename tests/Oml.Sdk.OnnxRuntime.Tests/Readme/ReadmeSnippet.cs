using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.OnnxRuntime.Tests.Readme;

/// <summary>The code that README shows, compiled and run; <see cref="ReadmeTests"/> compares the two.</summary>
internal static class ReadmeSnippet
{
    public static async Task<float[]> RunAsync(string modelPath, float[] pixels)
    {
        // <readme>
        // The publisher, once: keys, and a permission for one licensee.
        using PermissionIssuer publisher = PermissionIssuer.Create(PermissionAlgorithm.ES256);
        using FingerprintKey fingerprintKey = FingerprintKey.Generate();
        byte[] permission = publisher.Issue(new PermissionRequest
        {
            Licensee = "alice@example.com",
            Model = ModelId.Compute(File.ReadAllBytes(modelPath)),
            Lifetime = TimeSpan.FromDays(30),
            Quota = 1_000,
        });

        // The application: the model runs under permissions of that publisher, and under no others.
        await using OmlModel model = await OmlModel.CreateBuilder()
            .UseOnnx(modelPath)
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
