using Microsoft.Extensions.Logging;

namespace Oml.Sdk.Permissions;

/// <summary>The keys that a verifier trusts: those that stay, and those that are read from sources.</summary>
/// <remarks>Thread-safe. Whoever verifies reads <see cref="Current"/> once and works with that.</remarks>
internal sealed class IssuerKeyRing
{
    private readonly Lock _gate = new();
    private readonly TrustedIssuer[] _fixed;
    private readonly IssuerKeyFeed[] _feeds;
    private volatile TrustedKeys _current;

    public IssuerKeyRing(IEnumerable<TrustedIssuer> issuers, IEnumerable<TrustedIssuerSource> sources, TimeProvider time, ILogger logger)
    {
        _fixed = [.. issuers];
        _feeds = [.. sources.Select(source => new IssuerKeyFeed(source, Rebuild, time, logger))];
        _current = Build(null);
    }

    public TrustedKeys Current => _current;

    public bool HasSources => _feeds.Length > 0;

    /// <summary>Starts the loads whose time has come.</summary>
    /// <returns>When they have ended; it does not fail. Null, nearly always, when there is nothing to wait for.</returns>
    public Task? LoadDue()
    {
        Task? due = null;
        foreach (IssuerKeyFeed feed in _feeds)
        {
            due = Both(due, feed.LoadIfDue());
        }

        return due;
    }

    /// <summary>Starts a load because a token says that it is of an issuer, and its key is not known.</summary>
    /// <returns>When it has ended; it does not fail. Null when the issuer has no source, or was asked too short a time ago.</returns>
    public Task? LoadForUnknownKey(string issuer)
    {
        Task? load = null;
        foreach (IssuerKeyFeed feed in _feeds)
        {
            if (string.Equals(feed.Name, issuer, StringComparison.Ordinal))
            {
                load = Both(load, feed.LoadForUnknownKey());
            }
        }

        return load;
    }

    /// <summary>Loads all sources now.</summary>
    /// <param name="allMustSucceed">Whether also a failure counts that leaves an issuer with the keys that it has.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="IssuerKeySetException">A load failed.</exception>
    public async Task LoadAllAsync(bool allMustSucceed, CancellationToken cancellationToken)
    {
        await Task.WhenAll(_feeds.Select(feed => feed.LoadAnewAsync())).WaitAsync(cancellationToken).ConfigureAwait(false);
        foreach (IssuerKeyFeed feed in _feeds)
        {
            if (feed.LastError is { } error && (allMustSucceed || feed.Keys is null))
            {
                throw new IssuerKeySetException(
                    feed.Name, $"The keys of the issuer {DenialText.Quote(feed.Name)} could not be loaded: {error.Message}", error);
            }
        }
    }

    private static Task? Both(Task? first, Task? second) =>
        first is null ? second : second is null ? first : Task.WhenAll(first, second);

    private void Rebuild()
    {
        // One after the other: two feeds that change at once must not each leave out what the other has.
        lock (_gate)
        {
            _current = Build(_current);
        }
    }

    private TrustedKeys Build(TrustedKeys? former) => TrustedKeys.Create(
        _fixed.Concat(_feeds.SelectMany(feed => feed.Keys?.Keys.Select(key => new TrustedIssuer(feed.Name, key.Key, key.NotBefore, key.NotAfter)) ?? [])),
        _feeds.Select(feed => feed.Name),
        former);
}
