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

    /// <summary>Why a file is refused when all of it is checked without a key; None when it is not.</summary>
    public async Task<SealedModelFailure> VerifyFailureAsync(byte[] file)
    {
        try
        {
            using SealedModel model = Open(file);
            await model.VerifyAsync(cancellationToken: TestContext.Current.CancellationToken);
            return SealedModelFailure.None;
        }
        catch (SealedModelException error)
        {
            return error.Failure;
        }
    }

    /// <summary>Why a file is refused when all of it is read with the key; None when it is not.</summary>
    public async Task<SealedModelFailure> ReadFailureAsync(byte[] file)
    {
        try
        {
            using SealedModel model = Open(file);
            using UnlockedModel unlocked = model.Unlock(Key);
            foreach (SealedEntry entry in model.Manifest.Entries)
            {
                await unlocked.ReadAllBytesAsync(entry.Path, TestContext.Current.CancellationToken);
            }

            return SealedModelFailure.None;
        }
        catch (SealedModelException error)
        {
            return error.Failure;
        }
    }

    public void Dispose()
    {
        Publisher.Dispose();
        Key.Dispose();
    }
}
