using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Oml.Sdk.Sealing.Chunks;

namespace Oml.Sdk.Sealing.Reading;

/// <summary>Decrypts an entry on all processors and writes it to a stream in order. Memory: two segments for each worker.</summary>
internal static class EntryCopier
{
    public static async Task CopyAsync(EntryReader reader, Stream destination, ProgressMeter progress, CancellationToken cancellationToken)
    {
        OrderedTurns turns = new();
        using CancellationTokenSource failure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? first = null;
        long next = -1;
        Task[] tasks = [.. Enumerable.Range(0, (int)Math.Min(ReadingWorkers.Count, reader.SegmentCount)).Select(_ => Task.Run(WorkAsync, CancellationToken.None))];
        try
        {
            await Task.WhenAll(tasks).ConfigureAwait(false);
        }
        catch
        {
            cancellationToken.ThrowIfCancellationRequested();
            first?.Throw();
            throw;
        }

        async Task WorkAsync()
        {
            byte[] content = GC.AllocateUninitializedArray<byte>((int)Math.Min(Segments.Size, reader.Entry.Size), pinned: true);
            using EntryReader.Worker worker = reader.CreateWorker();
            try
            {
                for (long segment = Interlocked.Increment(ref next); segment < reader.SegmentCount; segment = Interlocked.Increment(ref next))
                {
                    failure.Token.ThrowIfCancellationRequested();
                    Memory<byte> piece = content.AsMemory(0, Segments.SizeOf(segment, reader.Entry.Size));
                    worker.Decrypt(segment, piece.Span);
                    await turns.WaitAsync(segment, failure.Token).ConfigureAwait(false);
                    await destination.WriteAsync(piece, failure.Token).ConfigureAwait(false);
                    turns.Pass();
                    progress.Add(piece.Length);
                }
            }
            catch (Exception error)
            {
                // Who fails first says why: the others are only cancelled.
                Interlocked.CompareExchange(ref first, ExceptionDispatchInfo.Capture(error), null);
                await failure.CancelAsync().ConfigureAwait(false);
                throw;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(content);
            }
        }
    }
}
