namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>Receipts that somebody waits to see on the disk.</summary>
internal sealed class PendingAppend(IReadOnlyList<Receipt> receipts)
{
    private readonly TaskCompletionSource<long> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<Receipt> Receipts { get; } = receipts;

    /// <summary>Where the first of them goes.</summary>
    public long Index { get; set; }

    public Task<long> Task => _completion.Task;

    public void Complete() => _completion.TrySetResult(Index);

    public void Fail(Exception error) => _completion.TrySetException(error);
}
