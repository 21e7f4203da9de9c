namespace Oml.Sdk.Sealing;

/// <summary>Lets numbered callers pass one after another, in the order of their numbers from 0.</summary>
internal sealed class OrderedTurns
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, TaskCompletionSource> _waiting = [];
    private long _next;

    /// <summary>Completes when it is this number's turn.</summary>
    public Task WaitAsync(long number, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (number == _next)
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(number, turn);
            return turn.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends the turn of the number that has it.</summary>
    public void Pass()
    {
        TaskCompletionSource? next;
        lock (_gate)
        {
            _next++;
            _waiting.Remove(_next, out next);
        }

        next?.SetResult();
    }
}
