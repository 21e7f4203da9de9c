namespace Oml.Sdk.Sqlite;

/// <summary>A verb with a result.</summary>
internal sealed class LedgerVerb<T>(Func<LedgerStatements, T> run, CancellationToken cancellationToken) : LedgerVerb
{
    private readonly TaskCompletionSource<T> _caller = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _error;

    public Task<T> Task => _caller.Task;

    public override void Run(LedgerStatements statements)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _error = new OperationCanceledException(cancellationToken);
            return;
        }

        try
        {
            _result = run(statements);
        }
        catch (ArgumentException error)
        {
            // The caller's mistake; the others of the batch have none of it.
            _error = error;
        }
    }

    public override void Complete()
    {
        if (_error is OperationCanceledException)
        {
            _caller.SetCanceled(cancellationToken);
        }
        else if (_error is not null)
        {
            _caller.SetException(_error);
        }
        else
        {
            _caller.SetResult(_result!);
        }
    }

    public override void Fail(Exception error) => _caller.TrySetException(error);
}
