namespace Oml.Sdk.Permissions.Revocation;

/// <summary>One list, and when to fetch it again. Thread-safe.</summary>
internal sealed class CachedStatusList(string uri, IStatusListSource source, StatusListKeys keys, StatusListOptions options, TimeProvider time)
{
    // Where clocks differ, a list may be from a little ahead.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private State _state = new(null, default, "it was not fetched yet", default, 0);
    private Task<State>? _attempt;
    private Task<ReadOnlyMemory<byte>>? _fetch;

    /// <summary>The list, or why there is none.</summary>
    public async ValueTask<(StatusList? List, string? Problem)> GetAsync(CancellationToken cancellationToken)
    {
        Task<State> attempt;
        lock (_lock)
        {
            if (!IsDue(_state))
            {
                return Answer(_state);
            }

            // A task of its own: it serves all who wait, so none of them may stop it.
            attempt = _attempt ??= Task.Run(AttemptAsync, CancellationToken.None);
        }

        return Answer(await attempt.WaitAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task<State> AttemptAsync()
    {
        StatusList? before = _state.List;
        State state;
        try
        {
            StatusList list = await FetchAsync(before).ConfigureAwait(false);

            // A newer list shows what time it is; the same one once more does not.
            DateTimeOffset now = list.IssuedAt > before?.IssuedAt ? time.GetUtcNow() : Now(_state);
            state = new State(list, NextFetch(list, now), null, now, time.GetTimestamp());
        }
        catch (MalformedTokenException error)
        {
            state = Failed(error.Message);
        }
        catch (Exception error)
        {
            state = Failed($"it could not be fetched ({error.GetType().Name})");
        }

        lock (_lock)
        {
            _state = state;
            _attempt = null;
        }

        return state;

        State Failed(string problem) => new(before, Now(_state) + options.RetryAfter, problem, Now(_state), time.GetTimestamp());
    }

    private async Task<StatusList> FetchAsync(StatusList? before)
    {
        if (_fetch is { IsCompleted: false })
        {
            throw new MalformedTokenException("an earlier fetch was given up and has not ended yet");
        }

        // The source is not ours: it may block, and it may not heed the token.
        using CancellationTokenSource timeout = new(FetchTimeout, time);
        CancellationToken cancellation = timeout.Token;
        _fetch = Task.Run(() => source.FetchAsync(uri, cancellation).AsTask(), CancellationToken.None);
        ReadOnlyMemory<byte> token = await _fetch.WaitAsync(cancellation).ConfigureAwait(false);
        await keys.LookForAsync(StatusListReader.ReadEnvelope(token).KeyId, cancellation).ConfigureAwait(false);
        StatusList list = StatusListReader.Read(token, keys.Find);
        Check(list, before);
        return list;
    }

    private void Check(StatusList list, StatusList? before)
    {
        DateTimeOffset now = time.GetUtcNow();
        StatusListReader.Require(list.Uri == uri, "the one found there is another one");

        // Whoever stands between could bring back a list from before a revocation.
        StatusListReader.Require(before is null || list.IssuedAt >= before.IssuedAt, "the one found there is older than the one before");
        StatusListReader.Require(list.IssuedAt - Skew <= now, "it was issued in the future");
        StatusListReader.Require(list.ExpiresAt is not { } end || HoldsUntil(end, now), "it has ended");
    }

    private DateTimeOffset NextFetch(StatusList list, DateTimeOffset now)
    {
        DateTimeOffset next = now + (list.Ttl ?? options.RefreshAfter);
        return list.ExpiresAt < next ? (list.ExpiresAt.Value > now ? list.ExpiresAt.Value : now + options.RetryAfter) : next;
    }

    // A list that came from a key that is not trusted any more says nothing, whatever its ttl; but a source that just failed is left alone.
    private bool IsDue(State state) =>
        Now(state) >= state.FetchAt || (state is { Problem: null, List: { } list } && keys.Find(list.KeyId) is null);

    private (StatusList? List, string? Problem) Answer(State state)
    {
        if (state.List is not { } list)
        {
            return (null, state.Problem);
        }

        if (keys.Find(list.KeyId) is null)
        {
            return (null, state.Problem ?? "it is signed with a key that is no longer trusted");
        }

        // A list without an end ends when a newer one should have been had.
        DateTimeOffset end = list.ExpiresAt ?? (state.Problem is null ? state.FetchAt : list.IssuedAt + (list.Ttl ?? options.RefreshAfter));
        return HoldsUntil(end, Now(state)) ? (list, null) : (null, state.Problem ?? "it has ended");
    }

    // Not the end and the grace, which is beyond all time for a list without a real end.
    private bool HoldsUntil(DateTimeOffset end, DateTimeOffset now) => now - options.Grace < end;

    // The later of two clocks: to set the wall clock back keeps no list from ending while the steady one goes on.
    private DateTimeOffset Now(State state)
    {
        DateTimeOffset wall = time.GetUtcNow();
        if (state.Timestamp == 0)
        {
            return wall;
        }

        DateTimeOffset steady = state.At + time.GetElapsedTime(state.Timestamp);
        return wall > steady ? wall : steady;
    }

    /// <param name="List">The list, or the last one that was had.</param>
    /// <param name="FetchAt">When it is fetched again.</param>
    /// <param name="Problem">Why no newer one was had.</param>
    /// <param name="At">When that was.</param>
    /// <param name="Timestamp">The same by the steady clock; 0 before the first attempt.</param>
    private sealed record State(StatusList? List, DateTimeOffset FetchAt, string? Problem, DateTimeOffset At, long Timestamp);
}
