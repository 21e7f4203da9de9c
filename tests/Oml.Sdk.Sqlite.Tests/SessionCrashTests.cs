using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

/// <summary>Processes that authorize and infer, and are killed: what the invariants of the ledger are worth to whoever uses a session.</summary>
public sealed class SessionCrashTests : IDisposable
{
    private const int Workers = 4;
    private const int KillsEach = 25;

    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly LedgerFolder _folder = new();
    private readonly PermissionIssuer _issuer = PermissionIssuer.Create();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _issuer.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("redeemed", 0)]
    [InlineData("ask", 0)]
    [InlineData("got", 0)]
    [InlineData("run", 1)]
    public async Task A_kill_between_redeem_and_inference_leaves_the_permission_redeemed(string moment, int runs)
    {
        using SessionLives lives = new(_folder, _issuer, quota: 5, PermissionUse.SingleSession);
        await lives.LiveAsync(moment, cancellationToken: Cancellation);
        (lives.Kills, lives.Redeems, lives.Runs).Should().Be((1, 1, runs));

        // In the publisher's favour: whether anything was delivered, nobody can know.
        await lives.LiveAsync(cancellationToken: Cancellation);
        lives.Refused.Should().Be(nameof(DenialReason.Replayed));
        (lives.Redeems, lives.Runs).Should().Be((1, runs));
    }

    [Theory]
    [InlineData("ask", 3)]
    [InlineData("got", 2)]
    [InlineData("run", 2)]
    public async Task A_kill_between_reserve_and_delivery_loses_the_block_and_no_more(string moment, int left)
    {
        using SessionLives lives = new(_folder, _issuer, quota: 3, PermissionUse.Resumable);
        await lives.LiveAsync(moment, cancellationToken: Cancellation);
        long before = lives.Runs;
        lives.LastBlocks.Should().Be(1);

        await lives.LiveAsync(cancellationToken: Cancellation);
        lives.Refused.Should().Be(nameof(DenialReason.QuotaExhausted));
        (lives.Runs - before).Should().Be(left);
    }

    [Fact]
    public async Task A_hundred_kills_run_no_more_than_the_quota_and_lose_no_more_than_a_block_each()
    {
        List<SessionLives>[] all = await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => KillAsync(worker))));

        await using SqliteUsageLedger ledger = _folder.Open();
        long runs = 0;
        foreach (SessionLives lives in all.SelectMany(lives => lives))
        {
            UnitReservation rest = await ledger.ReserveAsync(lives.Key, long.MaxValue, lives.Quota, Until, Cancellation);
            long reserved = lives.Quota - rest.Granted;
            lives.Runs.Should().BeLessThanOrEqualTo(reserved, "each was reserved before it ran (I1)");
            (reserved - lives.Runs).Should().BeLessThanOrEqualTo(lives.LastBlocks, "{0} kills lose a block each (I4)", lives.Kills);
            if (lives.Refused is not null)
            {
                lives.Refused.Should().Be(nameof(DenialReason.QuotaExhausted));
                rest.Granted.Should().Be(0);
            }

            runs += lives.Runs;
            lives.Dispose();
        }

        all.SelectMany(lives => lives).Sum(lives => lives.Kills).Should().Be(Workers * KillsEach);
        runs.Should().BeGreaterThan(Workers * KillsEach, "else nothing was tested");
        all[0].Should().Contain(lives => lives.Refused != null, "a small quota is used up");
        all[1].Should().Contain(lives => lives.LastBlocks > 4 * KillsEach, "blocks grow");
    }

    [Fact]
    public async Task A_permission_for_one_session_is_redeemed_once_however_often_its_process_is_killed()
    {
        Random random = new(7);
        int redeemed = 0;
        for (int i = 0; i < 8; i++)
        {
            using SessionLives lives = new(_folder, _issuer, quota: 1_000_000, PermissionUse.SingleSession);
            await (i % 2 == 0
                ? lives.LiveAsync(afterRuns: random.Next(1, 50), cancellationToken: Cancellation)
                : lives.LiveAsync(after: TimeSpan.FromMilliseconds(random.Next(50, 400)), cancellationToken: Cancellation));
            await lives.LiveAsync(stopAt: "open", cancellationToken: Cancellation);
            await lives.LiveAsync(cancellationToken: Cancellation);
            lives.Refused.Should().Be(nameof(DenialReason.Replayed));

            // One that was killed between the commit and saying so was redeemed, and opened nothing.
            lives.Redeems.Should().Be(lives.DiedRedeeming && lives.Redeems == 0 ? 0 : 1, "(I2)");
            redeemed += lives.Redeems;
        }

        redeemed.Should().BeGreaterThanOrEqualTo(4, "half of them are killed long after they were redeemed");
    }

    // Even workers have a quota that they use up, and then the next permission; the others one that is never used up, so that blocks grow.
    private async Task<List<SessionLives>> KillAsync(int worker)
    {
        Random random = new(worker);
        List<SessionLives> all = [];
        long quota = worker % 2 == 0 ? 40 : 1L << 40;
        for (int kills = 0; kills < KillsEach; kills = all.Sum(lives => lives.Kills))
        {
            if (all.Count == 0 || all[^1].Refused is not null)
            {
                all.Add(new SessionLives(_folder, _issuer, quota, PermissionUse.Resumable));
            }

            // Half of them are killed while they work, the others at any moment, also while they start.
            await (kills % 2 == 0
                ? all[^1].LiveAsync(afterRuns: random.Next(1, (int)Math.Min(quota, 200)), cancellationToken: Cancellation)
                : all[^1].LiveAsync(after: TimeSpan.FromMilliseconds(random.Next(50, 400)), cancellationToken: Cancellation));
        }

        return all;
    }
}
