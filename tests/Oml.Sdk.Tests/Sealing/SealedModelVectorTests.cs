using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Loading;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Sealing;

/// <summary>A sealed file that was made once and never changes, and what must become of it and of damaged copies.</summary>
public sealed class SealedModelVectorTests
{
    private static readonly JsonElement Vectors = Load();

    public static TheoryData<string> Refusals =>
        [.. Vectors.GetProperty("refusals").EnumerateArray().Select(refusal => refusal.GetProperty("name").GetString()!)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static byte[] Sealed => Convert.FromBase64String(Vectors.GetProperty("file").GetString()!);

    [Fact]
    public async Task The_file_opens_and_holds_what_was_sealed()
    {
        using SealedModel model = Open(Sealed);
        await model.VerifyAsync(cancellationToken: Cancellation);
        using ContentKey key = Key();
        using UnlockedModel unlocked = model.Unlock(key);

        model.Id.ToString().Should().Be(Vectors.GetProperty("modelId").GetString());
        Convert.ToHexStringLower(model.Manifest.ContentKeyId.Span).Should().Be(Vectors.GetProperty("contentKeyId").GetString());
        model.Manifest.CreatedAt.ToUnixTimeSeconds().Should().Be(Vectors.GetProperty("created").GetInt64());
        foreach (JsonElement entry in Vectors.GetProperty("entries").EnumerateArray())
        {
            byte[] content = await unlocked.ReadAllBytesAsync(entry.GetProperty("path").GetString()!, Cancellation);
            content.Should().HaveCount(entry.GetProperty("size").GetInt32());
            Convert.ToHexStringLower(SHA256.HashData(content)).Should().Be(entry.GetProperty("sha256").GetString());
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_damaged_copy_is_refused_as_the_specification_says(string name)
    {
        JsonElement refusal = Vectors.GetProperty("refusals").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name);

        SealedModelException error = (await FluentActions.Awaiting(() => UseAsync(refusal)).Should().ThrowAsync<SealedModelException>()).Which;

        error.Failure.ToString().Should().Be(refusal.GetProperty("failure").GetString());
    }

    [Fact]
    public void There_is_a_vector_of_every_failure_that_a_file_can_bring_about() =>
        Vectors.GetProperty("refusals").EnumerateArray().Select(refusal => Enum.Parse<SealedModelFailure>(refusal.GetProperty("failure").GetString()!)).Distinct()
            .Should().BeEquivalentTo(Enum.GetValues<SealedModelFailure>().Except([SealedModelFailure.None, SealedModelFailure.Unreadable]));

    private static JsonElement Load()
    {
        using Stream stream = typeof(SealedModelVectorTests).Assembly.GetManifestResourceStream("Oml.Sdk.Tests.Sealing.Vectors.sealed-model.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    // Checks the file without a key, then loads it with the key and, for "read", reads that entry instead.
    private static async Task UseAsync(JsonElement refusal)
    {
        using SealedModel model = Open(Damage(refusal.TryGetProperty("file", out JsonElement file) ? Convert.FromBase64String(file.GetString()!) : Sealed, refusal), refusal);
        await model.VerifyAsync(cancellationToken: Cancellation);
        using ContentKey key = Key(refusal);
        using UnlockedModel contents = model.Unlock(key);
        if (refusal.TryGetProperty("read", out JsonElement path))
        {
            await contents.ReadAllBytesAsync(path.GetString()!, Cancellation);
            return;
        }

        await SealedModelLoader.LoadAsync(contents, "vector", (_, _, _) => new(new ManagedBackend()), NullLoggerFactory.Instance, Cancellation);
    }

    private static ContentKey Key(JsonElement refusal = default) => ContentKey.Import(Convert.FromHexString(Text("contentKey", refusal)));

    private static SealedModel Open(byte[] file, JsonElement refusal = default) => SealedModel.Open(
        new MemoryStream(file), IssuerPublicKey.ImportSubjectPublicKeyInfo(Convert.FromBase64String(Text("publisher", refusal))));

    // A refusal may have its own.
    private static string Text(string name, JsonElement refusal) =>
        (refusal.ValueKind == JsonValueKind.Object && refusal.TryGetProperty(name, out JsonElement own) ? own : Vectors.GetProperty(name)).GetString()!;

    // "xor": {"offset": "byte"}, "cut": bytes that are left, "append": hex.
    private static byte[] Damage(byte[] file, JsonElement refusal)
    {
        if (refusal.TryGetProperty("xor", out JsonElement changes))
        {
            foreach (JsonProperty change in changes.EnumerateObject())
            {
                int offset = int.Parse(change.Name, CultureInfo.InvariantCulture);
                file[offset] ^= byte.Parse(change.Value.GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
        }

        if (refusal.TryGetProperty("cut", out JsonElement length))
        {
            file = file[..length.GetInt32()];
        }

        return refusal.TryGetProperty("append", out JsonElement more) ? [.. file, .. Convert.FromHexString(more.GetString()!)] : file;
    }
}
