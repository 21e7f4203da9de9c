using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.AotChecks;

/// <summary>Seals a model into memory and opens it again.</summary>
internal static class SealedModelChecks
{
    private const string ContentPath = "weights/content.bin";

    // The smallest thing that is an ONNX model: one whose graph is empty.
    private static readonly byte[] Graph = [0x3A, 0x00];

    public static async Task RunAsync(Checks checks)
    {
        using PermissionIssuer publisher = PermissionIssuer.Create();
        using ContentKey key = ContentKey.Generate();
        byte[] content = new byte[(3 << 20) + 12_345];
        new Random(1).NextBytes(content);
        using MemoryStream file = new();
        ModelPackage package = new ModelPackage("model.onnx", Graph).AddBytes(ContentPath, content);
        ModelId id = await new ModelSealer(publisher, key).SealAsync(package, file, new SealOptions { Name = "sealed" });

        using (SealedModel model = Open(file.ToArray(), publisher))
        {
            await model.VerifyAsync();
            checks.That("a sealed model has the identity that sealing gave", model.Id == id);
            using ContentKey own = Travelled(key, id);
            using UnlockedModel contents = model.Unlock(own);
            checks.That("a sealed model is read back", (await contents.ReadAllBytesAsync(ContentPath)).AsSpan().SequenceEqual(content));
            byte[] part = new byte[2 << 20];
            contents.Read(ContentPath, 777, part);
            checks.That("a part of a sealed model is read back", part.AsSpan().SequenceEqual(content.AsSpan(777, part.Length)));
        }

        byte[] tampered = file.ToArray();
        tampered[tampered.Length / 2] ^= 1;
        using SealedModel changed = Open(tampered, publisher);
        using UnlockedModel opened = changed.Unlock(key);
        await Refused(checks, "a tampered model is refused by verification", SealedModelFailure.Tampered, () => changed.VerifyAsync());
        await Refused(checks, "a tampered model is refused by reading", SealedModelFailure.Tampered, () => opened.ReadAllBytesAsync(ContentPath));
        using ContentKey other = ContentKey.Generate();
        await Refused(checks, "another content key is refused", SealedModelFailure.WrongKey, () => Task.FromResult(changed.Unlock(other)));
        using PermissionIssuer stranger = PermissionIssuer.Create();
        await Refused(
            checks, "a stranger's model is refused", SealedModelFailure.UnknownPublisher, () => Task.FromResult(Open(file.ToArray(), stranger)));
    }

    private static SealedModel Open(byte[] file, PermissionIssuer publisher) =>
        SealedModel.Open(new MemoryStream(file, writable: false), publisher.PublicKey);

    /// <summary>The key as it arrives at a licensee.</summary>
    private static ContentKey Travelled(ContentKey key, ModelId id)
    {
        using LicenseeKey licensee = LicenseeKey.Create();
        return licensee.Unwrap(key.WrapFor(licensee.PublicKey, id), id);
    }

    private static async Task Refused(Checks checks, string what, SealedModelFailure failure, Func<Task> attempt)
    {
        try
        {
            await attempt();
            checks.That(what, false);
        }
        catch (SealedModelException error)
        {
            checks.That(what, error.Failure == failure);
        }
    }
}
