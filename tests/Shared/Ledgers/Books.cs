using System.Collections.Concurrent;
using System.Diagnostics;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Support;

/// <summary>What callers of a ledger were told, to hold it against what the ledger says later.</summary>
internal sealed class Books
{
    private const int Callers = 64;
    private const long Quota = 1L << 40;
    private const int Block = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PermissionKey _units = NewKey();
    private readonly ConcurrentDictionary<PermissionKey, bool> _redeemed = [];
    private readonly ConcurrentBag<PermissionKey> _refused = [];
    private readonly ConcurrentQueue<string> _errors = [];
    private long _granted;

    /// <summary>What the ledger said when it refused.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>64 callers redeem nonces and reserve units until, after a refusal, a condition holds.</summary>
    public Task UseAsync(IUsageLedger ledger, Func<bool> isOver) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(ledger, isOver))));

    /// <summary>Holds that what was acknowledged is booked.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="isExact">Whether nothing was booked that was refused; else it may have been, but not twice.</param>
    public async Task HoldAsync(IUsageLedger ledger, bool isExact)
    {
        _redeemed.Should().NotBeEmpty();
        (await RedeemAsync(ledger, _redeemed.Keys)).Should().NotContain(true, "these were acknowledged (I3)");
        PermissionKey[] refused = [.. _refused];
        bool[] redeemed = await RedeemAsync(ledger, refused);
        (await RedeemAsync(ledger, refused)).Should().NotContain(true, "a nonce is redeemed once (I2)");
        UnitReservation one = await ledger.ReserveAsync(_units, 1, Quota, Until);
        long reserved = Quota - one.Remaining - one.Granted;
        if (isExact)
        {
            redeemed.Should().NotContain(false, "these were refused, so they were not booked");
            reserved.Should().Be(_granted);
        }
        else
        {
            reserved.Should().BeInRange(_granted, _granted + (Block * _errors.Count));
        }

        // Now they are: for whoever asks again.
        Array.ForEach(refused, key => _redeemed[key] = true);
        _refused.Clear();
        _granted = reserved + one.Granted;
    }

    // Long, so that few of them fill a disk.
    private static PermissionKey NewKey() => new(new string('i', 400), PermissionNonce.CreateRandom());

    private static Task<bool[]> RedeemAsync(IUsageLedger ledger, IEnumerable<PermissionKey> keys) =>
        Task.WhenAll(keys.Select(key => ledger.RedeemAsync(key, Until).AsTask()));

    private async Task CallAsync(IUsageLedger ledger, Func<bool> isOver)
    {
        long start = Stopwatch.GetTimestamp();
        for (bool isDone = false; !isDone;)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException("What was to keep the ledger from its work did not.");
            }

            PermissionKey key = NewKey();
            try
            {
                (await ledger.RedeemAsync(key, Until)).Should().BeTrue();
                _redeemed[key] = true;
                Interlocked.Add(ref _granted, (await ledger.ReserveAsync(_units, Block, Quota, Until)).Granted);
            }
            catch (UsageLedgerException error)
            {
                _errors.Enqueue(error.Message);
                if (!_redeemed.ContainsKey(key))
                {
                    _refused.Add(key);
                }

                isDone = isOver();
            }
        }
    }
}
