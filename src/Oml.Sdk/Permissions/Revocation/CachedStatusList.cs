namespace Oml.Sdk.Permissions.Revocation;

/// <summary>One list, and when to fetch it again. Thread-safe.</summary>
internal sealed class CachedStatusList(string uri, IStatusListSource source, StatusListOptions options, TimeProvider time)
{
    // Where clocks differ, a list may be from a little ahead.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private State _state = new(null, default, "it was not fetched yet");
    private Task<State>? _fetch;

    /// <summary>The list, or why there is none.</summary>
    public async ValueTask<(StatusList? List, string? Problem)> GetAsync(
        Func<KeyThumbprint, IssuerPublicKey?> keys, CancellationToken cancellationToken)
    {
        Task<State> fetch;
        lock (_lock)
        {
            if (time.GetUtcNow() < _state.FetchAt)
            {
                return Answer(_state);
            }

            // A task of its own: it serves all who wait, so none of them may stop it.
            fetch = _fetch ??= Task.Run(() => FetchAsync(_state, keys), CancellationToken.None);
        }

        return Answer(await fetch.WaitAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task<State> FetchAsync(State before, Func<KeyThumbprint, IssuerPublicKey?> keys)
    {
        State state = await TryFetchAsync(before, keys).ConfigureAwait(false);
        lock (_lock)
        {
            _state = state;
            _fetch = null;
        }

        return state;
    }

    private async Task<State> TryFetchAsync(State before, Func<KeyThumbprint, IssuerPublicKey?> keys)
    {
        string problem;
        try
        {
            using CancellationTokenSource timeout = new(FetchTimeout, time);
            ReadOnlyMemory<byte> token = await source.FetchAsync(uri, timeout.Token).AsTask().WaitAsync(timeout.Token).ConfigureAwait(false);
            StatusList list = StatusListReader.Read(token, keys);
            problem = Refuse(list, before.List);
            if (problem.Length == 0)
            {
                return new State(list, NextFetch(list), null);
            }
        }
        catch (MalformedTokenException error)
        {
            problem = error.Message;
        }
        catch (Exception error)
        {
            problem = $"it could not be fetched ({error.GetType().Name})";
        }

        return new State(before.List, time.GetUtcNow() + options.RetryAfter, problem);
    }

    private string Refuse(StatusList list, StatusList? before)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (list.Uri != uri)
        {
            return "the one found there is another one";
        }

        // Whoever stands between could bring back a list from before a revocation.
        if (before is not null && list.IssuedAt < before.IssuedAt)
        {
            return "the one found there is older than the one before";
        }

        return list.IssuedAt - Skew > now ? "it was issued in the future"
            : list.ExpiresAt <= now - options.Grace ? "it has ended"
            : string.Empty;
    }

    private DateTimeOffset NextFetch(StatusList list)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset next = now + (list.Ttl ?? options.RefreshAfter);
        return list.ExpiresAt < next ? (list.ExpiresAt.Value > now ? list.ExpiresAt.Value : now + options.RetryAfter) : next;
    }

    private bool IsUsable(State state)
    {
        if (state.List is not { } list)
        {
            return false;
        }

        // A list without an end ends when a newer one should have been had.
        DateTimeOffset end = list.ExpiresAt ?? (state.Problem is null ? state.FetchAt : list.IssuedAt + (list.Ttl ?? options.RefreshAfter));
        return time.GetUtcNow() < end + options.Grace;
    }

    private (StatusList? List, string? Problem) Answer(State state) => IsUsable(state) ? (state.List, null) : (null, state.Problem ?? "it has ended");

    private sealed record State(StatusList? List, DateTimeOffset FetchAt, string? Problem);
}
