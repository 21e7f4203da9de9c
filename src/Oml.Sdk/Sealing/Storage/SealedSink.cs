namespace Oml.Sdk.Sealing.Storage;

/// <summary>Where a sealed model is written, piece by piece, each at its place.</summary>
internal abstract class SealedSink
{
    /// <summary>Writes bytes. Pieces of one entry come in the order of their numbers only where <see cref="IsOrdered"/> says so.</summary>
    public abstract ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Whether writes must come one after another, in the order of the file.</summary>
    public abstract bool IsOrdered { get; }

    /// <summary>Called once, when all of it is written.</summary>
    public virtual void Finish(long length)
    {
    }
}
