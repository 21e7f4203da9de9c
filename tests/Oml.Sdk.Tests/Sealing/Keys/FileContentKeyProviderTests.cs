using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Testing;

namespace Oml.Sdk.Tests.Sealing.Keys;

public sealed class FileContentKeyProviderTests : ContentKeyProviderContract, IDisposable
{
    private const string Password = "a password";

    private static readonly ContentKeyRequest Request = new(WrappedKey.Model, new Permission
    {
        Issuer = "issuer",
        Licensee = "licensee",
        Model = WrappedKey.Model,
        IssuedAt = default,
        ExpiresAt = default,
        Nonce = default,
        FingerprintId = 7,
    });

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Clears_the_password_after_use_also_when_it_was_wrong()
    {
        await File.WriteAllTextAsync(_folder.Path("key.pem"), WrappedKey.ContentKeyPem);
        char[] right = [.. WrappedKey.Password];
        char[] wrong = [.. "wrong"];

        using ContentKey key = await new FileContentKeyProvider(_folder.Path("key.pem"), _ => new(right)).GetContentKeyAsync(Request);
        string error = await Error("key.pem", wrong);

        key.Export().Should().Equal(WrappedKey.ContentKeyBytes);
        right.Should().AllBeEquivalentTo('\0');
        wrong.Should().AllBeEquivalentTo('\0');
        error.Should().Contain(_folder.Path("key.pem")).And.Contain("password is wrong").And.NotContain("pQEBAg");
    }

    [Fact]
    public async Task Names_the_file_that_it_cannot_read()
    {
        await File.WriteAllTextAsync(_folder.Path("licensee.pem"), WrappedKey.LicenseeKeyPem);
        await File.WriteAllTextAsync(_folder.Path("empty.pem"), string.Empty);
        await File.WriteAllTextAsync(_folder.Path("key.pem"), WrappedKey.ContentKeyPem);

        (await Error("missing.pem", [.. Password])).Should().Contain("no content key file").And.Contain(_folder.Path("missing.pem"));
        (await Error("licensee.pem", [.. Password])).Should().Contain(_folder.Path("licensee.pem")).And.Contain("not a content key");
        (await Error("empty.pem", [.. Password])).Should().Contain(_folder.Path("empty.pem")).And.Contain("no OML ENCRYPTED KEY");
        (await Error("key.pem", [])).Should().Contain(_folder.Path("key.pem")).And.Contain("empty password");
        (await Error(".", [.. Password])).Should().Contain("cannot be read");
    }

    public void Dispose() => _folder.Dispose();

    protected override (IContentKeyProvider Provider, byte[]? WrappedContentKey) CreateProvider(ContentKey key, ModelId model)
    {
        string path = _folder.Path("contract.pem");
        byte[] secret = key.Export();
        File.WriteAllText(path, EncryptedKey.Write(EncryptedKeyKind.ContentKey, secret, Password, EncryptedKeyBody.MinIterations));
        return (new FileContentKeyProvider(path, _ => new(Password.ToCharArray())), null);
    }

    protected override IContentKeyProvider CreateProviderWithoutKey() =>
        new FileContentKeyProvider(_folder.Path("missing.pem"), _ => new(Password.ToCharArray()));

    private async Task<string> Error(string name, char[] password)
    {
        FileContentKeyProvider provider = new(_folder.Path(name), _ => new(password));
        return (await ((Func<Task>)(() => provider.GetContentKeyAsync(Request).AsTask())).Should().ThrowAsync<ContentKeyException>()).Which.Message;
    }
}
