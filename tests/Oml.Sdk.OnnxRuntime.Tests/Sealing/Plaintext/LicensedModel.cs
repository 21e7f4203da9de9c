using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

/// <summary>A sealed model with 16 MiB of random weights in a folder, with all that a licensee needs to open it, and what is in it.</summary>
internal sealed class LicensedModel : IDisposable
{
    private const int Inputs = 64;
    private const string Password = "password";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-licensed-");
    private readonly byte[] _plain = TestModel.Mlp(Inputs, 2048, 2, 10);

    private LicensedModel()
    {
    }

    public string Folder => _folder.FullName;

    public string SealedPath => Path.Combine(Folder, "model.oml");

    public PermissionIssuer Publisher { get; } = PermissionIssuer.Create();

    public LicenseeKey Licensee { get; } = LicenseeKey.Create();

    /// <summary>The files that were sealed.</summary>
    public IReadOnlyList<byte[]> Plaintext { get; private set; } = [];

    public byte[] Permission { get; private set; } = [];

    public static async Task<LicensedModel> CreateAsync(bool externalWeights, CancellationToken cancellationToken)
    {
        LicensedModel model = new();
        using ContentKey key = ContentKey.Generate();
        string graph = externalWeights ? ExternalModel.Write(model.Folder, model._plain) : Path.Combine(model.Folder, "model.onnx");
        if (!externalWeights)
        {
            await File.WriteAllBytesAsync(graph, model._plain, cancellationToken);
        }

        ModelId id = await new ModelSealer(model.Publisher, key).SealAsync(
            ModelPackage.FromOnnx(graph, new ModelPackageOptions { SeparateWeights = false }),
            model.SealedPath,
            new SealOptions { Name = "licensed" },
            cancellationToken: cancellationToken);
        string[] files = externalWeights ? [graph, Path.Combine(model.Folder, ExternalModel.Weights)] : [graph];
        model.Plaintext = [.. files.Select(File.ReadAllBytes)];
        Array.ForEach(files, File.Delete);
        model.Permission = model.Publisher.Issue(new PermissionRequest
        {
            Licensee = "licensee",
            Model = id,
            Lifetime = TimeSpan.FromHours(1),
            WrappedContentKey = key.WrapFor(model.Licensee.PublicKey, id),
        });
        await model.WriteCredentialsAsync(cancellationToken);
        return model;
    }

    /// <summary>What the model gives for the inputs of the program that loads it.</summary>
    public async Task<float[]> ExpectedAsync(CancellationToken cancellationToken)
    {
        await using OnnxRuntimeBackend backend = OnnxRuntimeBackend.Load(ModelSource.FromBytes(_plain));
        float[] x = [.. Enumerable.Range(0, Inputs).Select(i => i / (float)Inputs)];
        using InferenceOutputs outputs = await backend.InferAsync(new InferenceInputs().Add("x", x, 1, Inputs), cancellationToken);
        return outputs[0].GetSpan<float>().ToArray();
    }

    public void Dispose()
    {
        Publisher.Dispose();
        Licensee.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task WriteCredentialsAsync(CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "publisher.pem"), Publisher.PublicKey.ExportSubjectPublicKeyInfoPem(), cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(Folder, "permission.cwt"), Permission, cancellationToken);
        await Licensee.SaveAsync(Path.Combine(Folder, "licensee.pem"), Password.AsMemory(), cancellationToken: cancellationToken);
    }
}
