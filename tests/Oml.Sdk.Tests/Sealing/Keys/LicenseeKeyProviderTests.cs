using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Testing;
using Oml.Sdk.Tests.Permissions;

namespace Oml.Sdk.Tests.Sealing.Keys;

public sealed class LicenseeKeyProviderTests : ContentKeyProviderContract, IDisposable
{
    private readonly LicenseeKey _licensee = LicenseeKey.Create();

    [Fact]
    public async Task A_permission_brings_the_key_from_the_publisher_to_the_licensee()
    {
        using ContentKey key = ContentKey.Generate();
        using PermissionIssuer issuer = PermissionIssuer.Create(name: "https://publisher.example");
        byte[] token = issuer.Issue(new()
        {
            Licensee = "licensee",
            Model = WrappedKey.Model,
            Lifetime = TimeSpan.FromHours(1),
            WrappedContentKey = key.WrapFor(_licensee.PublicKey, WrappedKey.Model),
        });
        CosePermissionVerifier verifier = new(new() { TrustedIssuers = { new(issuer.Name, issuer.PublicKey) } });
        Permission permission = (await verifier.VerifyAsync(token, new(WrappedKey.Model))).Permission!;

        using ContentKey provided = await new LicenseeKeyProvider(_licensee).GetContentKeyAsync(new(WrappedKey.Model, permission));

        provided.Export().Should().Equal(key.Export());
    }

    [Fact]
    public async Task The_key_in_the_vectors_opens()
    {
        PermissionVectorFile file = PermissionVectorFile.Read();
        string token = file.Vectors.Single(vector => vector.Name == "es256-wrapped-content-key").Token;
        Permission permission = (await file.CreateVerifier().VerifyAsync(Convert.FromHexString(token), file.CreateContext())).Permission!;
        using LicenseeKey licensee = LicenseeKey.ImportFromEncryptedPem(WrappedKey.LicenseeKeyPem, WrappedKey.Password);

        using ContentKey key = await new LicenseeKeyProvider(licensee).GetContentKeyAsync(new(permission.Model, permission));

        key.Export().Should().Equal(WrappedKey.ContentKeyBytes);
    }

    [Fact]
    public async Task A_permission_without_a_key_says_what_to_ask_for()
    {
        Func<Task> get = () => CreateProviderWithoutKey().GetContentKeyAsync(new(WrappedKey.Model, Permission(null))).AsTask();

        (await get.Should().ThrowAsync<ContentKeyException>())
            .WithMessage($"*no content key*publisher.example*{WrappedKey.Model}*{_licensee.PublicKey}*");
    }

    [Fact]
    public async Task A_key_for_another_licensee_is_refused()
    {
        Func<Task> get = () => new LicenseeKeyProvider(_licensee).GetContentKeyAsync(new(WrappedKey.Model, Permission(WrappedKey.Bytes))).AsTask();

        (await get.Should().ThrowAsync<ContentKeyException>()).WithMessage("*another licensee key*");
    }

    [Fact]
    public async Task Refuses_nothing_in_place_of_something()
    {
        ((Action)(() => _ = new LicenseeKeyProvider(null!))).Should().Throw<ArgumentNullException>();
        ((Action)(() => _ = new ContentKeyRequest(WrappedKey.Model, null!))).Should().Throw<ArgumentNullException>();
        Func<Task> get = () => CreateProviderWithoutKey().GetContentKeyAsync(null!).AsTask();
        await get.Should().ThrowAsync<ArgumentNullException>();
    }

    public void Dispose() => _licensee.Dispose();

    protected override (IContentKeyProvider Provider, byte[]? WrappedContentKey) CreateProvider(ContentKey key, ModelId model) =>
        (new LicenseeKeyProvider(_licensee), key.WrapFor(_licensee.PublicKey, model));

    protected override IContentKeyProvider CreateProviderWithoutKey() => new LicenseeKeyProvider(_licensee);

    private static Permission Permission(byte[]? wrapped) => new()
    {
        Issuer = TokenForge.Issuer,
        Licensee = "licensee",
        Model = WrappedKey.Model,
        IssuedAt = default,
        ExpiresAt = default,
        Nonce = PermissionNonce.CreateRandom(),
        FingerprintId = 7,
        WrappedContentKey = wrapped is null ? null : (ReadOnlyMemory<byte>?)wrapped,
    };
}
