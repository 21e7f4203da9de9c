using System.Runtime.ExceptionServices;
using Oml.Sdk.Sealing.Memory;

namespace Oml.Sdk.Sealing.Loading;

/// <summary>Weights that are decrypted while a runtime is created over them. Disposing stops that; it comes before the memory's.</summary>
internal sealed class ArrivingWeights : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Task _arrival;

    private ArrivingWeights(UnlockedModel contents, List<(string Path, PageDelivery Pages)> entries, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _arrival = Task.Run(() => ArriveAsync(contents, entries, _stop.Token), CancellationToken.None);
    }

    /// <summary>Begins to decrypt entries, one after another, into memory that nobody has touched yet.</summary>
    /// <returns>Null where the system cannot let a runtime wait: then nothing was begun.</returns>
    public static ArrivingWeights? TryBegin(
        UnlockedModel contents, IReadOnlyList<(string Path, SecretMemory Memory)> entries, CancellationToken cancellationToken)
    {
        List<(string Path, PageDelivery Pages)> deliveries = [];
        foreach ((string path, SecretMemory memory) in entries)
        {
            if (PageDelivery.TryBegin(memory) is not { } pages)
            {
                deliveries.ForEach(delivery => delivery.Pages.Dispose());
                return null;
            }

            deliveries.Add((path, pages));
        }

        return new ArrivingWeights(contents, deliveries, cancellationToken);
    }

    /// <summary>Waits until everything has arrived.</summary>
    /// <exception cref="SealedModelException">Something of it was changed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task CompleteAsync() => _arrival;

    /// <summary>Stops it, and raises why it had failed, if it had: what a runtime says of weights that did not come is not the reason.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _arrival.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_arrival.Exception?.InnerException is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _arrival.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static async Task ArriveAsync(
        UnlockedModel contents, List<(string Path, PageDelivery Pages)> entries, CancellationToken cancellationToken)
    {
        try
        {
            foreach ((string path, PageDelivery pages) in entries)
            {
                await contents.DeliverAsync(path, pages, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            // A runtime that still waits reads zeros then, and what it makes of them is thrown away.
            entries.ForEach(entry => entry.Pages.Dispose());
        }
    }
}
