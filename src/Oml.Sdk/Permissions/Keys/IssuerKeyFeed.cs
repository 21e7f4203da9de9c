using Microsoft.Extensions.Logging;
using Oml.Sdk.Telemetry;

namespace Oml.Sdk.Permissions;

/// <summary>The keys of one issuer, as its source had them at the last load that was good. Thread-safe.</summary>
/// <remarks>
/// There is one load at a time, and at most one in <see cref="TrustedIssuerSource.RetryInterval"/>, so hostile tokens cannot make more of
/// them. Times are those of the steady clock.
/// </remarks>
internal sealed class IssuerKeyFeed
{
    private readonly Lock _gate = new();
    private readonly IIssuerKeySetSource _source;
    private readonly TimeSpan _refreshInterval;
    private readonly TimeSpan _retryInterval;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan? _maxAge;
    private readonly Action _changed;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private Task _attempt = Task.CompletedTask;
    private Task _load = Task.CompletedTask;
    private long _dueAt;
    private long? _startedAt;
    private long _goodAt;
    private volatile IssuerKeySet? _keys;
    private volatile Exception? _lastError;

    public IssuerKeyFeed(TrustedIssuerSource source, Action changed, TimeProvider time, ILogger logger)
    {
        Name = source.Name;
        _source = source.Source;
        _refreshInterval = source.RefreshInterval;
        _retryInterval = source.RetryInterval;
        _timeout = source.LoadTimeout;
        _maxAge = source.MaxAge;
        _keys = source.InitialKeys;
        _changed = changed;
        _time = time;
        _logger = logger;
        _goodAt = _dueAt = time.GetTimestamp();
    }

    public string Name { get; }

    /// <summary>The keys, or null while there are none.</summary>
    public IssuerKeySet? Keys => _keys;

    /// <summary>Why the last load failed, or null when it did not.</summary>
    public Exception? LastError => _lastError;

    /// <summary>A load to wait for, because the keys are too old; null when they are not.</summary>
    public Task? LoadIfDue()
    {
        if (!IsDue)
        {
            return null;
        }

        lock (_gate)
        {
            return IsDue ? StartOrJoin() : null;
        }
    }

    /// <summary>A load to wait for, because a key is not known; null when there was one too short a time ago.</summary>
    public Task? LoadForUnknownKey()
    {
        lock (_gate)
        {
            return !_attempt.IsCompleted || _startedAt is not { } started || _time.GetElapsedTime(started) >= _retryInterval
                ? StartOrJoin()
                : null;
        }
    }

    /// <summary>A load that starts after the call, because somebody knows that the keys changed.</summary>
    public async Task LoadAnewAsync()
    {
        Task underWay;
        lock (_gate)
        {
            underWay = _attempt;
        }

        // It may have read the keys before they changed.
        await underWay.ConfigureAwait(false);
        Task fresh;
        lock (_gate)
        {
            fresh = StartOrJoin();
        }

        await fresh.ConfigureAwait(false);
    }

    private bool IsDue => _time.GetTimestamp() >= Volatile.Read(ref _dueAt);

    private Task StartOrJoin()
    {
        if (_attempt.IsCompleted)
        {
            _startedAt = _time.GetTimestamp();

            // On the pool: the source is not ours, and must run neither under the lock nor on the thread of whoever verifies.
            _attempt = Task.Run(AttemptAsync);
        }

        return _attempt;
    }

    // Ends without an error, and with everything in place that whoever waits for it goes on with.
    private async Task AttemptAsync()
    {
        try
        {
            if (!_load.IsCompleted)
            {
                throw new TimeoutException("An earlier load was given up and has not ended yet.");
            }

            Accept(await LoadAsync().ConfigureAwait(false));
            _lastError = null;
            SetDue(_refreshInterval);
        }
        catch (Exception error)
        {
            Refuse(error);
            _lastError = error;
            SetDue(_retryInterval);
        }
    }

    private async Task<IssuerKeySet> LoadAsync()
    {
        using CancellationTokenSource timeout = new(_timeout, _time);
        try
        {
            // On a thread of the pool: a source that blocks must not outlive its time either.
            Task<IssuerKeySet> load = Task.Run(() => _source.LoadAsync(timeout.Token).AsTask(), CancellationToken.None);
            _load = load;
            return await load.WaitAsync(timeout.Token).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The source of the keys returned null.");
        }
        catch (Exception error) when (error is TimeoutException || (error is OperationCanceledException && timeout.IsCancellationRequested))
        {
            throw new TimeoutException($"The source did not deliver the keys within {_timeout}.", error);
        }
    }

    private void Accept(IssuerKeySet set)
    {
        _goodAt = _time.GetTimestamp();
        if (_keys is { } former && IsSame(former, set))
        {
            return;
        }

        _keys = set;
        _changed();
        OmlLog.IssuerKeysLoaded(_logger, Name, set.Keys.Length, string.Join(", ", set.Keys.Select(key => key.Key.ToString())));
        foreach (string ignored in set.Ignored)
        {
            OmlLog.IssuerKeyIgnored(_logger, Name, ignored);
        }
    }

    private void Refuse(Exception error)
    {
        OmlLog.IssuerKeysNotLoaded(_logger, error, Name, _keys?.Keys.Length ?? 0);
        if (_keys is not null && _time.GetElapsedTime(_goodAt) > _maxAge)
        {
            _keys = null;
            _changed();
            OmlLog.IssuerKeysTooOld(_logger, Name, _maxAge.GetValueOrDefault());
        }
    }

    private void SetDue(TimeSpan interval) =>
        Volatile.Write(ref _dueAt, _time.GetTimestamp() + (long)(interval.TotalSeconds * _time.TimestampFrequency));

    private static bool IsSame(IssuerKeySet one, IssuerKeySet other) =>
        one.Keys.Select(key => (key.Key, key.NotBefore, key.NotAfter)).SequenceEqual(other.Keys.Select(key => (key.Key, key.NotBefore, key.NotAfter)))
        && one.Ignored.SequenceEqual(other.Ignored, StringComparer.Ordinal);
}
