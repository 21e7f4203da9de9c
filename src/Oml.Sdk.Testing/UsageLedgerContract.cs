using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Xunit;

namespace Oml.Sdk.Testing;

/// <summary>What every <see cref="IUsageLedger"/> must hold. Derive from it and return yours.</summary>
public abstract class UsageLedgerContract
{
    private const int Threads = 64;

    private static readonly DateTimeOffset Midday = new(2090, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Until when the suite asks the ledger to remember; a ledger's clock must stand before it.</summary>
    protected virtual DateTimeOffset KeepUntil => new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Makes an empty ledger: it has none of the random permissions that the suite uses, and was not told a time after 2089.</summary>
    /// <returns>The ledger.</returns>
    protected abstract IUsageLedger CreateLedger();

    /// <summary>
    /// The same, of a ledger that reads this clock; one whose store has a clock of its own reads it for what the store leaves to callers.
    /// </summary>
    /// <param name="timeProvider">The clock; it starts at the system's time, and the suite sets it.</param>
    /// <returns>The ledger.</returns>
    protected abstract IUsageLedger CreateLedger(TimeProvider timeProvider);

    /// <summary>Opens what a ledger holds anew, as after a restart; a ledger that forgets, or is shared, returns itself.</summary>
    /// <param name="ledger">A ledger of <see cref="CreateLedger()"/>, which is not used any more.</param>
    /// <returns>The ledger to go on with.</returns>
    protected virtual ValueTask<IUsageLedger> ReopenAsync(IUsageLedger ledger) => new(ledger);

    /// <summary>A nonce is redeemed once.</summary>
    [Fact]
    public async Task Redeems_a_nonce_once()
    {
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();

        Assert.True(await ledger.RedeemAsync(key, KeepUntil));
        Assert.False(await ledger.RedeemAsync(key, KeepUntil));
        Assert.True(await ledger.RedeemAsync(NewKey(), KeepUntil));
    }

    /// <summary>The same nonce of two issuers is two permissions.</summary>
    [Fact]
    public async Task Keeps_the_nonces_of_issuers_apart()
    {
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();

        Assert.True(await ledger.RedeemAsync(key, KeepUntil));
        Assert.True(await ledger.RedeemAsync(key with { Issuer = "another issuer" }, KeepUntil));
    }

    /// <summary>Of 64 threads that redeem one nonce at the same time, one succeeds.</summary>
    [Fact]
    public async Task Lets_one_of_64_threads_redeem_a_nonce()
    {
        IUsageLedger ledger = CreateLedger();
        for (int round = 0; round < 20; round++)
        {
            PermissionKey key = NewKey();
            bool[] redeemed = await Race(_ => ledger.RedeemAsync(key, KeepUntil).AsTask());

            Assert.Single(redeemed, won => won);
        }
    }

    /// <summary>A released nonce can be redeemed again, once.</summary>
    [Fact]
    public async Task Redeems_a_released_nonce_again()
    {
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();
        await ledger.RedeemAsync(key, KeepUntil);

        await ledger.ReleaseAsync(key);

        Assert.True(await ledger.RedeemAsync(key, KeepUntil));
        Assert.False(await ledger.RedeemAsync(key, KeepUntil));
    }

    /// <summary>Releasing what was never redeemed changes nothing.</summary>
    [Fact]
    public async Task Ignores_the_release_of_an_unknown_nonce()
    {
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();

        await ledger.ReleaseAsync(key);

        Assert.True(await ledger.RedeemAsync(key, KeepUntil));
    }

    /// <summary>Reservations stop at the limit, and say what is left.</summary>
    [Fact]
    public async Task Grants_units_up_to_the_limit()
    {
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();

        Assert.Equal(new UnitReservation(6, 4), await ledger.ReserveAsync(key, 6, 10, KeepUntil));
        Assert.Equal(new UnitReservation(4, 0), await ledger.ReserveAsync(key, 6, 10, KeepUntil));
        Assert.Equal(new UnitReservation(0, 0), await ledger.ReserveAsync(key, 1, 10, KeepUntil));
    }

    /// <summary>Returned units can be reserved again.</summary>
    [Fact]
    public async Task Grants_returned_units_again()
    {
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();
        await ledger.ReserveAsync(key, 10, 10, KeepUntil);

        await ledger.ReturnAsync(key, 3);

        Assert.Equal(new UnitReservation(3, 0), await ledger.ReserveAsync(key, 10, 10, KeepUntil));
    }

    /// <summary>Units and nonces of one permission are booked apart.</summary>
    [Fact]
    public async Task Keeps_units_when_a_nonce_is_released()
    {
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();
        await ledger.RedeemAsync(key, KeepUntil);
        await ledger.ReserveAsync(key, 7, 10, KeepUntil);

        await ledger.ReleaseAsync(key);

        Assert.Equal(new UnitReservation(3, 0), await ledger.ReserveAsync(key, 7, 10, KeepUntil));
    }

    /// <summary>With ten times more callers than units, exactly the quota is granted.</summary>
    [Fact]
    public async Task Never_grants_more_than_the_limit_to_64_threads()
    {
        const long limit = 1_000;
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();
        long[] granted = await Race(async thread =>
        {
            long sum = 0;
            for (int i = 0; i < 10 * limit / Threads; i++)
            {
                long units = 1 + ((thread + i) % 3);
                sum += (await ledger.ReserveAsync(key, units, limit, KeepUntil)).Granted;
            }

            return sum;
        });

        Assert.Equal(limit, granted.Sum());
    }

    /// <summary>Reserving and returning at the same time keeps the books.</summary>
    [Fact]
    public async Task Keeps_the_books_while_64_threads_reserve_and_return()
    {
        const long limit = 100;
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();
        long[] kept = await Race(async thread =>
        {
            long mine = 0;
            for (int i = 0; i < 50; i++)
            {
                long granted = (await ledger.ReserveAsync(key, 2, limit, KeepUntil)).Granted;
                if (granted > 0 && (thread + i) % 4 != 0)
                {
                    await ledger.ReturnAsync(key, granted);
                    granted = 0;
                }

                mine += granted;
            }

            return mine;
        });

        UnitReservation rest = await ledger.ReserveAsync(key, limit, limit, KeepUntil);
        Assert.Equal(limit, kept.Sum() + rest.Granted);
    }

    /// <summary>A permit chain's index only rises, and the ledger says from where.</summary>
    [Fact]
    public async Task Raises_the_index_of_a_chain_and_never_lowers_it()
    {
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();

        Assert.Equal(0, await ledger.AdvanceAsync(key, 5, KeepUntil));
        Assert.Equal(5, await ledger.AdvanceAsync(key, 5, KeepUntil));
        Assert.Equal(5, await ledger.AdvanceAsync(key, 3, KeepUntil));
        Assert.Equal(5, await ledger.AdvanceAsync(key, 9, KeepUntil));
        Assert.Equal(9, await ledger.AdvanceAsync(key, 1, KeepUntil));
        Assert.Equal(0, await ledger.AdvanceAsync(NewKey(), 1, KeepUntil));
    }

    /// <summary>What 64 threads gain from raising one chain is its last index, however they meet.</summary>
    [Fact]
    public async Task Gives_each_unit_of_a_chain_to_one_of_64_threads()
    {
        const int last = 640;
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();
        long[] gained = await Race(async thread =>
        {
            long sum = 0;
            for (int i = 1 + thread; i <= last; i += Threads)
            {
                sum += Math.Max(0, i - await ledger.AdvanceAsync(key, i, KeepUntil));
            }

            return sum;
        });

        Assert.Equal(last, gained.Sum());
    }

    /// <summary>Chains, units and nonces of one permission are booked apart.</summary>
    [Fact]
    public async Task Keeps_the_index_of_a_chain_apart_from_units_and_nonces()
    {
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();
        await ledger.RedeemAsync(key, KeepUntil);
        await ledger.ReserveAsync(key, 7, 10, KeepUntil);

        Assert.Equal(0, await ledger.AdvanceAsync(key, 2, KeepUntil));
        await ledger.ReleaseAsync(key);
        await ledger.ReturnAsync(key, 7);

        Assert.Equal(2, await ledger.AdvanceAsync(key, 1, KeepUntil));
        Assert.Equal(new UnitReservation(10, 0), await ledger.ReserveAsync(key, 10, 10, KeepUntil));
    }

    /// <summary>The ledger remembers the latest time that it was told.</summary>
    [Fact]
    public async Task Remembers_the_latest_time()
    {
        IUsageLedger ledger = CreateLedger();
        DateTimeOffset later = Midday + TimeSpan.FromMilliseconds(1);

        Assert.Equal(Midday, await ledger.ObserveAsync(Midday));
        Assert.Equal(later, await ledger.ObserveAsync(later + TimeSpan.FromTicks(1)));
        Assert.Equal(later, await ledger.ObserveAsync(Midday - TimeSpan.FromDays(1)));
    }

    /// <summary>What a ledger no longer has to keep, it no longer grants: its books may be gone.</summary>
    [Fact]
    public async Task Grants_nothing_under_a_permission_whose_time_is_over()
    {
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();
        DateTimeOffset over = DateTimeOffset.UnixEpoch;

        Assert.False(await ledger.RedeemAsync(key, over));
        Assert.Equal(default, await ledger.ReserveAsync(key, 1, 10, over));
        Assert.Equal(7, await ledger.AdvanceAsync(key, 7, over));
    }

    /// <summary>
    /// A clock may be corrected by five minutes without being refused: what a ledger forgot before that must not be good again after it.
    /// </summary>
    [Fact]
    public async Task Grants_nothing_again_when_the_clock_is_set_back_within_its_grace_after_entries_were_dropped()
    {
        SettableClock clock = new(TimeProvider.System.GetUtcNow());
        IUsageLedger ledger = CreateLedger(clock);
        PermissionKey key = NewKey();
        DateTimeOffset keepUntil = clock.GetUtcNow() + TimeSpan.FromMinutes(1);
        await ledger.ObserveAsync(clock.GetUtcNow());
        Assert.True(await ledger.RedeemAsync(key, keepUntil));
        Assert.Equal(10, (await ledger.ReserveAsync(key, 10, 10, keepUntil)).Granted);
        Assert.Equal(0, await ledger.AdvanceAsync(key, 5, keepUntil));

        // It is over, and enough is done for a ledger that drops entries now and then to have dropped it.
        clock.Pass(TimeSpan.FromMinutes(5));
        await ledger.ObserveAsync(clock.GetUtcNow());
        for (int i = 0; i < 3; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 1_100).Select(_ => ledger.RedeemAsync(NewKey(), KeepUntil).AsTask()));
        }

        clock.SetWall(keepUntil - TimeSpan.FromSeconds(30));

        Assert.False(await ledger.RedeemAsync(key, keepUntil));
        Assert.Equal(0, (await ledger.ReserveAsync(key, 10, 10, keepUntil)).Granted);
        Assert.Equal(5, await ledger.AdvanceAsync(key, 5, keepUntil));
    }

    /// <summary>Wrong counts are wrong calls.</summary>
    [Fact]
    public async Task Refuses_counts_below_one()
    {
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ledger.ReserveAsync(key, 0, 10, KeepUntil));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ledger.ReserveAsync(key, -1, 10, KeepUntil));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ledger.ReturnAsync(key, 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ledger.AdvanceAsync(key, 0, KeepUntil));
    }

    /// <summary>A cancelled call changes nothing.</summary>
    [Fact]
    public async Task Changes_nothing_when_cancelled()
    {
        IUsageLedger ledger = CreateLedger();
        PermissionKey key = NewKey();
        CancellationToken cancelled = new(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ledger.RedeemAsync(key, KeepUntil, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ledger.ReserveAsync(key, 1, 1, KeepUntil, cancelled));

        Assert.True(await ledger.RedeemAsync(key, KeepUntil));
        Assert.Equal(1, (await ledger.ReserveAsync(key, 1, 1, KeepUntil)).Granted);
    }

#pragma warning disable RS0030 // A sequence that failed must come again: the numbers are no secrets.
    /// <summary>Whatever is done in whatever order, a ledger answers as a few lines of bookkeeping do.</summary>
    [Fact]
    public async Task Answers_random_sequences_as_a_simple_model_does()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            IUsageLedger ledger = CreateLedger();
            LedgerModel model = new();
            PermissionKey[] keys = [NewKey(), NewKey(), NewKey() with { Issuer = "https://another.example" }];
            DateTimeOffset time = Midday.AddYears(-10);
            for (int step = 0; step < 150; step++)
            {
                PermissionKey key = keys[random.Next(keys.Length)];
                long number = random.Next(1, 20);
                string at = $"seed {seed}, step {step}: ";
                switch (random.Next(8))
                {
                    case 0 or 1:
                        Assert.Equal(at + model.Redeem(key), at + await ledger.RedeemAsync(key, KeepUntil));
                        break;
                    case 2:
                        model.Release(key);
                        await ledger.ReleaseAsync(key);
                        break;
                    case 3 or 4:
                        // The limit of a permission does not change, but a hostile caller's may.
                        long limit = random.Next(10) == 0 ? random.Next(100) : 60;
                        Assert.Equal(at + model.Reserve(key, number, limit), at + await ledger.ReserveAsync(key, number, limit, KeepUntil));
                        break;
                    case 5 when model.Reserved(key) > 0:
                        number = Math.Min(number, model.Reserved(key));
                        model.Return(key, number);
                        await ledger.ReturnAsync(key, number);
                        break;
                    case 6:
                        Assert.Equal(at + model.Advance(key, Math.Max(1, number * step)), at + await ledger.AdvanceAsync(key, Math.Max(1, number * step), KeepUntil));
                        break;
                    case 7 when random.Next(5) == 0:
                        ledger = await ReopenAsync(ledger);
                        break;
                    default:
                        DateTimeOffset now = time.AddSeconds(random.Next(-100_000, 100_000));
                        time = model.Observe(now) is var latest && latest > time ? latest : time;
                        DateTimeOffset answer = await ledger.ObserveAsync(now);

                        // Ledgers of one store may share their memory of time.
                        Assert.True(answer >= latest, at + $"{answer:O} is before {latest:O}");
                        break;
                }
            }
        }
    }
#pragma warning restore RS0030

    private static PermissionKey NewKey() => new("https://publisher.example", PermissionNonce.CreateRandom());

    private static Task<T[]> Race<T>(Func<int, Task<T>> body)
    {
        // All threads stand at the barrier first, so that they really meet in the ledger.
        Barrier barrier = new(Threads);
        return Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                return body(thread).GetAwaiter().GetResult();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }
}
