using System.Buffers.Text;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Testing;

namespace Oml.Sdk.Tests.Sealing.Keys;

public sealed class EnvironmentContentKeyProviderTests : ContentKeyProviderContract, IDisposable
{
    private readonly string _variable = $"OML_TEST_KEY_{Guid.NewGuid():N}";

    public static TheoryData<string> Good => new(
        Convert.ToHexString(WrappedKey.ContentKeyBytes),
        Convert.ToHexStringLower(WrappedKey.ContentKeyBytes),
        Base64Url.EncodeToString(WrappedKey.ContentKeyBytes));

    public static TheoryData<string> Bad => new(
        " ",
        Convert.ToHexString(WrappedKey.ContentKeyBytes)[1..],
        Convert.ToHexString(WrappedKey.ContentKeyBytes) + "0",
        Convert.ToHexString(WrappedKey.ContentKeyBytes)[1..] + "G",
        Convert.ToBase64String(WrappedKey.ContentKeyBytes),
        Base64Url.EncodeToString(WrappedKey.ContentKeyBytes)[1..] + "+",
        Base64Url.EncodeToString(WrappedKey.ContentKeyBytes)[1..] + " ",
        Base64Url.EncodeToString(WrappedKey.ContentKeyBytes)[1..] + "=",
        Base64Url.EncodeToString(WrappedKey.ContentKeyBytes)[1..],
        new string('é', 43));

    [Theory]
    [MemberData(nameof(Good))]
    public async Task Reads_base64url_and_hex(string text)
    {
        Environment.SetEnvironmentVariable(_variable, text);

        using ContentKey key = await new EnvironmentContentKeyProvider(_variable).GetContentKeyAsync(Request());

        key.Export().Should().Equal(WrappedKey.ContentKeyBytes);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Refuses_everything_else_without_quoting_it(string text)
    {
        Environment.SetEnvironmentVariable(_variable, text);

        Func<Task> get = () => new EnvironmentContentKeyProvider(_variable).GetContentKeyAsync(Request()).AsTask();

        (await get.Should().ThrowAsync<ContentKeyException>()).WithMessage($"*{_variable}*43*64*got {text.Length}*")
            .Which.Message.Should().NotContain(text.Trim().PadRight(8)[..8]);
    }

    public void Dispose() => Environment.SetEnvironmentVariable(_variable, null);

    protected override (IContentKeyProvider Provider, byte[]? WrappedContentKey) CreateProvider(ContentKey key, ModelId model)
    {
        Environment.SetEnvironmentVariable(_variable, Base64Url.EncodeToString(key.Export()));
        return (new EnvironmentContentKeyProvider(_variable), null);
    }

    protected override IContentKeyProvider CreateProviderWithoutKey() => new EnvironmentContentKeyProvider(_variable);

    private static ContentKeyRequest Request() => new(WrappedKey.Model, new Permission
    {
        Issuer = "issuer",
        Licensee = "licensee",
        Model = WrappedKey.Model,
        IssuedAt = default,
        ExpiresAt = default,
        Nonce = default,
        FingerprintId = 7,
    });
}
