using Microsoft.Extensions.AI;
using Oml.Sdk.Extensions.AI;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.AotChecks;

/// <summary>Embeds texts under a permission.</summary>
internal static class EmbeddingChecks
{
    public static async Task RunAsync(Checks checks)
    {
        using PermissionIssuer issuer = PermissionIssuer.Create();
        await using OmlModel model = await OmlModel.CreateBuilder()
            .UseOnnx("an encoder"u8.ToArray()).UseBackend((_, _, _) => new(new EncoderBackend())).TrustIssuer(issuer.PublicKey).BuildAsync();
        await using OmlSession session = await model.AuthorizeAsync(
            issuer.Issue(new PermissionRequest { Licensee = "licensee", Model = model.Id, Lifetime = TimeSpan.FromMinutes(1), Quota = 1 }));
        using OmlEmbeddingGenerator generator = new(session, new ByteTokenizer(), new OmlEmbeddingGeneratorOptions { Normalize = false });

        GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(["ac", "d"]);

        checks.That(
            "texts are embedded without their padding",
            embeddings[0].Vector.Span.SequenceEqual([98, 1]) && embeddings[1].Vector.Span.SequenceEqual([100, 1]));
        checks.That("a batch of texts is a unit", session.UnitsSpent == 1 && embeddings.Usage!.InputTokenCount == 3);
    }
}
