namespace Oml.Sdk.Sqlite;

/// <summary>A verb that waits for its turn, and its caller, who waits for its result.</summary>
internal abstract class LedgerVerb
{
    /// <summary>Runs its statement within the transaction of its batch.</summary>
    public abstract void Run(LedgerStatements statements);

    /// <summary>Tells the caller the result: the batch is on the disk.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller that nothing of the batch was booked.</summary>
    public abstract void Fail(Exception error);
}
