namespace Oml.Sdk;

/// <summary>Counts the calls in flight, so that closing waits for them and lets no new one in.</summary>
internal sealed class InFlightGate
{
    // The count of calls; once closed, long.MinValue is added, so the sum is negative and MinValue means drained.
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _state;
    private int _closed;

    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>Lets a call in. False, and nothing to undo, once closed.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _state) > 0)
        {
            return true;
        }

        Exit();
        return false;
    }

    /// <summary>Ends a call that <see cref="TryEnter"/> let in.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _state) == long.MinValue)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Closes and completes when the last call has ended. Can be called any number of times.</summary>
    public Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0 && Interlocked.Add(ref _state, long.MinValue) == long.MinValue)
        {
            _drained.TrySetResult();
        }

        return _drained.Task;
    }
}
