using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Xunit;

namespace Oml.Sdk.Testing;

/// <summary>What every <see cref="IContentKeyProvider"/> must hold. Derive from it and return yours.</summary>
public abstract class ContentKeyProviderContract
{
    private static readonly ModelId Model = ModelId.Compute("a sealed model"u8);

    /// <summary>Makes a provider that has a key, by whatever way it gets one.</summary>
    /// <param name="key">The key to provide; the suite disposes it at the end of a test.</param>
    /// <param name="model">The model that it is for.</param>
    /// <returns>The provider and, if its way is through the permission, the wrapped key that the permission must carry.</returns>
    protected abstract (IContentKeyProvider Provider, byte[]? WrappedContentKey) CreateProvider(ContentKey key, ModelId model);

    /// <summary>Makes a provider of the same kind that has no key.</summary>
    /// <returns>The provider.</returns>
    protected abstract IContentKeyProvider CreateProviderWithoutKey();

    /// <summary>The key arrives.</summary>
    [Fact]
    public async Task Gives_the_key_of_the_model()
    {
        using ContentKey key = ContentKey.Generate();
        (IContentKeyProvider provider, ContentKeyRequest request) = Create(key);

        using ContentKey provided = await provider.GetContentKeyAsync(request);

        Assert.Equal(key.Export(), provided.Export());
    }

    /// <summary>Disposing a key that was provided leaves the provider and other keys alone.</summary>
    [Fact]
    public async Task Gives_each_caller_a_key_of_its_own()
    {
        using ContentKey key = ContentKey.Generate();
        (IContentKeyProvider provider, ContentKeyRequest request) = Create(key);
        using ContentKey first = await provider.GetContentKeyAsync(request);

        (await provider.GetContentKeyAsync(request)).Dispose();
        using ContentKey third = await provider.GetContentKeyAsync(request);

        Assert.Equal(key.Export(), first.Export());
        Assert.Equal(key.Export(), third.Export());
    }

    /// <summary>Any number of callers at once.</summary>
    [Fact]
    public async Task Serves_many_callers_at_once()
    {
        using ContentKey key = ContentKey.Generate();
        (IContentKeyProvider provider, ContentKeyRequest request) = Create(key);

        ContentKey[] provided = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => provider.GetContentKeyAsync(request).AsTask())));

        Assert.All(provided, one => Assert.Equal(key.Export(), one.Export()));
        Assert.All(provided, one => one.Dispose());
    }

    /// <summary>A key that cannot be had is the one error that says so.</summary>
    [Fact]
    public async Task Says_so_when_there_is_no_key()
    {
        IContentKeyProvider provider = CreateProviderWithoutKey();

        ContentKeyException error = await Assert.ThrowsAsync<ContentKeyException>(
            () => provider.GetContentKeyAsync(Request(wrapped: null)).AsTask());

        Assert.NotEmpty(error.Message);
    }

    /// <summary>A cancelled call gets no key.</summary>
    [Fact]
    public async Task Honours_cancellation()
    {
        using ContentKey key = ContentKey.Generate();
        (IContentKeyProvider provider, ContentKeyRequest request) = Create(key);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => provider.GetContentKeyAsync(request, new CancellationToken(canceled: true)).AsTask());
    }

    private (IContentKeyProvider Provider, ContentKeyRequest Request) Create(ContentKey key)
    {
        (IContentKeyProvider provider, byte[]? wrapped) = CreateProvider(key, Model);
        return (provider, Request(wrapped));
    }

    private static ContentKeyRequest Request(byte[]? wrapped)
    {
        DateTimeOffset issuedAt = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return new(Model, new Permission
        {
            Issuer = "https://publisher.example",
            Licensee = "licensee",
            Model = Model,
            IssuedAt = issuedAt,
            ExpiresAt = issuedAt.AddHours(1),
            Nonce = PermissionNonce.CreateRandom(),
            FingerprintId = 7,
            WrappedContentKey = wrapped is null ? null : (ReadOnlyMemory<byte>?)wrapped,
        });
    }
}
