using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering;

/// <summary>Accepts the preimages of a permit chain, each unit once, in whatever session.</summary>
/// <remarks>
/// The ledger's index is raised ahead of what is paid, a block at a time, so that what lies between is this session's own and the next
/// unit costs one hash and no question. Blocks double, so that the units that a session leaves in its last block, which nobody can use
/// any more, are never many more than it used. Thread-safe.
/// </remarks>
internal sealed class ChainPayments : IDisposable
{
    /// <summary>How far ahead one preimage may reach: what an unpaid claim can make a host compute.</summary>
    public const long MaxSkip = 1 << 20;

    private const long LongestSynchronousSkip = 64;
    private const long LargestBlock = 4096;
    private const long LargestSharedBlock = 256;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _advancing = new(1, 1);
    private readonly IUsageLedger _ledger;
    private readonly PermissionKey _key;
    private readonly DateTimeOffset _keepUntil;
    private readonly long _length;
    private readonly long _largestBlock;
    private readonly byte[] _accepted;
    private long _acceptedIndex;

    // The units after the first and up to the second index are this session's own.
    private long _ownFrom;
    private long _ownTo;
    private long _block = 1;

    public ChainPayments(Permission permission, PermitChainAnchor chain, IUsageLedger ledger, DateTimeOffset keepUntil)
    {
        _ledger = ledger;
        _key = permission.Key;
        _keepUntil = keepUntil;
        _length = chain.Length;
        _accepted = chain.Value.ToArray();

        // What a single session leaves is void in any case.
        _largestBlock = permission.Use == PermissionUse.SingleSession ? LargestBlock : LargestSharedBlock;
    }

    /// <summary>The highest index whose preimage was shown here.</summary>
    public long AcceptedIndex => Volatile.Read(ref _acceptedIndex);

    /// <summary>The highest index and its preimage; null before the first.</summary>
    public PermitPayment? Highest
    {
        get
        {
            lock (_lock)
            {
                return _acceptedIndex == 0 ? null : new PermitPayment(_acceptedIndex, _accepted);
            }
        }
    }

    /// <summary>Accepts a preimage if it costs a few hashes and no question to the ledger.</summary>
    /// <param name="index">The index that it is for.</param>
    /// <param name="preimage">The preimage.</param>
    /// <param name="gained">How many units were gained; negative when the preimage is not that of the index.</param>
    /// <returns>False when it would cost more.</returns>
    public bool TryPay(long index, ReadOnlySpan<byte> preimage, out long gained)
    {
        gained = 0;
        lock (_lock)
        {
            if (index <= _acceptedIndex)
            {
                return true;
            }

            if (index > _ownTo || index - _acceptedIndex > LongestSynchronousSkip)
            {
                return false;
            }

            gained = HashChain.Leads(preimage, index - _acceptedIndex, _accepted) ? Accept(index, preimage) : -1;
            return true;
        }
    }

    /// <summary>Accepts a preimage, asking the ledger if need be.</summary>
    /// <returns>How many units were gained; negative when the preimage is not that of the index.</returns>
    public async ValueTask<long> PayAsync(long index, byte[] preimage, CancellationToken cancellationToken)
    {
        await _advancing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            byte[] accepted = new byte[HashChain.Size];
            long acceptedIndex, ownTo;
            lock (_lock)
            {
                _accepted.CopyTo(accepted, 0);
                (acceptedIndex, ownTo) = (_acceptedIndex, _ownTo);
            }

            if (index > acceptedIndex && !HashChain.Leads(preimage, index - acceptedIndex, accepted))
            {
                return -1;
            }

            if (index <= ownTo)
            {
                lock (_lock)
                {
                    return Accept(index, preimage);
                }
            }

            long target = Math.Min(_length, index - 1 + _block);
            long before = await _ledger.AdvanceAsync(_key, target, _keepUntil, cancellationToken).ConfigureAwait(false);
            _block = Math.Min(_block * 2, _largestBlock);
            lock (_lock)
            {
                long gained = Accept(_ownTo, default);
                _ownFrom = Math.Max(before, _ownTo);
                _ownTo = Math.Max(target, _ownFrom);
                return gained + Accept(index, preimage);
            }
        }
        finally
        {
            _advancing.Release();
        }
    }

    public void Dispose() => _advancing.Dispose();

    // Counts the own units up to an index that were not paid before; without a preimage the index is passed by and not accepted.
    private long Accept(long index, ReadOnlySpan<byte> preimage)
    {
        long gained = Math.Max(0, Math.Min(index, _ownTo) - Math.Max(_acceptedIndex, _ownFrom));
        if (!preimage.IsEmpty && index > _acceptedIndex)
        {
            preimage.CopyTo(_accepted);
            Volatile.Write(ref _acceptedIndex, index);
        }

        return gained;
    }
}
