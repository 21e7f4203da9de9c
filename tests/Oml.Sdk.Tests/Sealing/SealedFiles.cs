using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.Tests.Sealing;

/// <summary>A publisher, a content key, and models that they seal into memory.</summary>
internal sealed class SealedFiles : IDisposable
{
    public const string ContentPath = "weights/content.bin";

    /// <summary>A graph that needs nothing else.</summary>
    public static byte[] Graph { get; } = TestModel.LinearClassifier(4, 2);

    public PermissionIssuer Publisher { get; } = PermissionIssuer.Create();

    public ContentKey Key { get; } = ContentKey.Generate();

    /// <summary>A graph, and content beside it.</summary>
    public static ModelPackage Package(byte[] content) => new ModelPackage("model.onnx", Graph).AddBytes(ContentPath, content);

    /// <summary>Bytes that can be told apart wherever they end up.</summary>
    public static byte[] Content(int length, int seed = 1)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    public async Task<byte[]> SealAsync(ModelPackage package, SealOptions? options = null, ContentKey? key = null)
    {
        using MemoryStream file = new();
        await new ModelSealer(Publisher, key ?? Key).SealAsync(
            package, file, options ?? new SealOptions { Name = "test" }, cancellationToken: TestContext.Current.CancellationToken);
        return file.ToArray();
    }

    public SealedModel Open(byte[] file) => SealedModel.Open(new MemoryStream(file, writable: false), Publisher.PublicKey);

    public void Dispose()
    {
        Publisher.Dispose();
        Key.Dispose();
    }
}
