using Oml.Sdk.Permissions;
using Xunit;

namespace Oml.Sdk.Testing;

/// <summary>What every <see cref="IIssuerKeySetSource"/> must do. Derive from it in a test project, and its tests run there.</summary>
public abstract class IssuerKeySetSourceContract
{
    /// <summary>Makes a source.</summary>
    /// <param name="keys">What it reads.</param>
    /// <returns>The source, and what puts other keys in the place of the first ones; null puts something there that is no set.</returns>
    protected abstract (IIssuerKeySetSource Source, Action<IssuerKeySet?> Replace) CreateSource(IssuerKeySet keys);

    /// <summary>The keys arrive, with their times.</summary>
    [Fact]
    public async Task Reads_the_keys()
    {
        IssuerKeySet keys = new(new IssuerSetKey(NewKey()), new IssuerSetKey(NewKey(), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100)));

        IssuerKeySet read = await CreateSource(keys).Source.LoadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(keys.ExportJwkSet(), read.ExportJwkSet());
    }

    /// <summary>Every call reads anew.</summary>
    [Fact]
    public async Task Sees_keys_that_were_replaced()
    {
        IssuerKeySet keys = new(new IssuerSetKey(NewKey()));
        (IIssuerKeySetSource source, Action<IssuerKeySet?> replace) = CreateSource(new(new IssuerSetKey(NewKey())));
        await source.LoadAsync(TestContext.Current.CancellationToken);

        replace(keys);

        Assert.Equal(keys.ExportJwkSet(), (await source.LoadAsync(TestContext.Current.CancellationToken)).ExportJwkSet());
    }

    /// <summary>What is no set is an error, and no error for good.</summary>
    [Fact]
    public async Task Throws_for_what_is_no_set_and_reads_the_next_one()
    {
        IssuerKeySet keys = new(new IssuerSetKey(NewKey()));
        (IIssuerKeySetSource source, Action<IssuerKeySet?> replace) = CreateSource(keys);

        replace(null);
        await Assert.ThrowsAnyAsync<Exception>(async () => await source.LoadAsync(TestContext.Current.CancellationToken));
        replace(keys);

        Assert.Equal(keys.ExportJwkSet(), (await source.LoadAsync(TestContext.Current.CancellationToken)).ExportJwkSet());
    }

    /// <summary>A cancelled call ends as cancelled, and the next one reads.</summary>
    [Fact]
    public async Task Honours_cancellation()
    {
        IssuerKeySet keys = new(new IssuerSetKey(NewKey()));
        IIssuerKeySetSource source = CreateSource(keys).Source;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.LoadAsync(new CancellationToken(canceled: true)));

        Assert.Equal(keys.ExportJwkSet(), (await source.LoadAsync(TestContext.Current.CancellationToken)).ExportJwkSet());
    }

    private static IssuerPublicKey NewKey()
    {
        using PermissionIssuer issuer = PermissionIssuer.Create();
        return issuer.PublicKey;
    }
}
