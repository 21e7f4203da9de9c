using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering;

/// <summary>The units that one session may spend: a block reserved in the ledger, drawn on without asking it.</summary>
/// <remarks>
/// Taking a unit is one compare-and-swap. When the block runs dry, one caller reserves the next while the others wait; blocks
/// double, so that a busy session rarely asks, but take at most a quarter of what is left, so that sessions that share a quota
/// do not starve each other. Thread-safe, except that <see cref="CloseAsync"/> wants every taker to be gone.
/// </remarks>
internal sealed class UnitAllowance : IDisposable
{
    private const long LargestBlock = 4096;

    private readonly IUsageLedger? _ledger;
    private readonly PermissionKey _key;
    private readonly long _limit;
    private readonly DateTimeOffset _keepUntil;
    private readonly SemaphoreSlim? _reserving;
    private long _available;
    private long _reserved;
    private long _block = 1;
    private long _remaining;
    private long _lost;

    private UnitAllowance(IUsageLedger? ledger, Permission permission, DateTimeOffset keepUntil, bool isEmpty)
    {
        _ledger = ledger;
        _key = permission.Key;
        _keepUntil = keepUntil;
        _reserving = ledger is null ? null : new SemaphoreSlim(1, 1);
        _limit = permission.Quota ?? long.MaxValue;
        _reserved = _available = isEmpty ? 0 : long.MaxValue;
        _remaining = _limit;
    }

    /// <summary>How many units were taken and not given back.</summary>
    public long Spent
    {
        get
        {
            // In this order: a block that arrives in between adds to the first only, and is not seen as given back.
            long available = Volatile.Read(ref _available);
            return Volatile.Read(ref _reserved) - available;
        }
    }

    /// <summary>How many units were to be returned to the ledger when it failed. Nobody uses them any more.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>How many units are reserved in the ledger and not spent.</summary>
    public long Unspent => _ledger is null ? 0 : Volatile.Read(ref _available);

    /// <summary>The allowance of a permission: of its quota, or without a limit when it has none.</summary>
    public static UnitAllowance For(Permission permission, IUsageLedger ledger, DateTimeOffset keepUntil) =>
        new(permission.Quota is null ? null : ledger, permission, keepUntil, isEmpty: permission.Quota is not null);

    /// <summary>An allowance that holds nothing but what is added.</summary>
    public static UnitAllowance Prepaid(Permission permission) => new(null, permission, default, isEmpty: true);

    /// <summary>Takes units if the block holds that many.</summary>
    public bool TryTake(long units)
    {
        long available = Volatile.Read(ref _available);
        while (available >= units)
        {
            long seen = Interlocked.CompareExchange(ref _available, available - units, available);
            if (seen == available)
            {
                return true;
            }

            available = seen;
        }

        return false;
    }

    /// <summary>Takes units, reserving more in the ledger when the block does not hold that many.</summary>
    /// <returns>False when the quota does not hold that many.</returns>
    public async ValueTask<bool> TakeAsync(long units, CancellationToken cancellationToken)
    {
        if (_ledger is null)
        {
            return TryTake(units);
        }

        await _reserving!.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            long granted = 0;
            while (!TryTake(units))
            {
                cancellationToken.ThrowIfCancellationRequested();
                long? more = await ReserveAsync(units).ConfigureAwait(false);
                granted += more ?? 0;
                if (more == 0 && !TryTake(units))
                {
                    // Too little for this call may be enough for somebody else's.
                    await ReturnAsync(granted).ConfigureAwait(false);
                    return false;
                }

                if (more == 0)
                {
                    return true;
                }
            }

            return true;
        }
        finally
        {
            _reserving.Release();
        }
    }

    /// <summary>Adds units that were paid for.</summary>
    public void Add(long units)
    {
        // First the total, so that Spent never shows less than was spent.
        Interlocked.Add(ref _reserved, units);
        Interlocked.Add(ref _available, units);
    }

    /// <summary>Gives units back that were taken for a call that delivered nothing.</summary>
    public void GiveBack(long units) => Interlocked.Add(ref _available, units);

    /// <summary>Makes sure that at least one unit is at hand, without taking it.</summary>
    /// <returns>False when the quota is used up.</returns>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (!await TakeAsync(1, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        GiveBack(1);
        return true;
    }

    /// <summary>Returns what was not spent to the ledger.</summary>
    public async ValueTask CloseAsync()
    {
        if (_ledger is null)
        {
            return;
        }

        await ReturnAsync(Unspent).ConfigureAwait(false);
    }

    public void Dispose() => _reserving?.Dispose();

    private long TakeUpTo(long most)
    {
        long available = Volatile.Read(ref _available);
        while (true)
        {
            long units = Math.Min(most, available);
            long seen = units > 0 ? Interlocked.CompareExchange(ref _available, available - units, available) : available;
            if (seen == available)
            {
                return units;
            }

            available = seen;
        }
    }

    // Out of the block before they are out of the reservation: nobody can take them meanwhile. Nor afterwards, when the ledger fails: it may
    // have taken them back all the same, and granted them to somebody else.
    private async ValueTask ReturnAsync(long most)
    {
        long units = TakeUpTo(most);
        if (units > 0)
        {
            try
            {
                await _ledger!.ReturnAsync(_key, units, CancellationToken.None).ConfigureAwait(false);
            }
            catch
            {
                Interlocked.Add(ref _lost, units);
                throw;
            }
            finally
            {
                Interlocked.Add(ref _reserved, -units);
            }
        }
    }

    /// <returns>What was granted; null when nothing had to be reserved after all.</returns>
    /// <remarks>Not cancelled: a ledger that was told to stop may have granted, and then the units would be lost.</remarks>
    private async ValueTask<long?> ReserveAsync(long units)
    {
        long missing = units - Volatile.Read(ref _available);
        long wanted = Math.Max(missing, Math.Min(_block, _remaining / 4));
        if (wanted <= 0)
        {
            // Somebody gave units back between the failed attempt and now.
            return null;
        }

        UnitReservation reservation = await _ledger!
            .ReserveAsync(_key, wanted, _limit, _keepUntil, CancellationToken.None).ConfigureAwait(false);
        _remaining = reservation.Remaining;
        _block = Math.Min(_block * 2, LargestBlock);

        Add(reservation.Granted);
        return reservation.Granted;
    }
}
