using Microsoft.Data.Sqlite;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Sqlite;

/// <summary>The verbs of a ledger, one statement each: what is checked and what is changed cannot come apart. For one thread.</summary>
internal sealed class LedgerStatements(SqliteConnection connection) : IDisposable
{
    private readonly LedgerStatement _redeem = new(
        connection,
        """
        INSERT INTO permission (issuer, nonce, redeemed, keep_until) VALUES ($issuer, $nonce, 1, $keep)
        ON CONFLICT DO UPDATE SET redeemed = 1, keep_until = max(keep_until, excluded.keep_until) WHERE redeemed = 0
        """,
        "$issuer", "$nonce", "$keep");

    private readonly LedgerStatement _release = new(
        connection, "UPDATE permission SET redeemed = 0 WHERE issuer = $issuer AND nonce = $nonce", "$issuer", "$nonce");

    private readonly LedgerStatement _reserve = new(
        connection,
        """
        INSERT INTO permission (issuer, nonce, granted, reserved, keep_until)
            VALUES ($issuer, $nonce, min($units, $limit), min($units, $limit), $keep)
        ON CONFLICT DO UPDATE SET
            granted = max(0, min($units, $limit - reserved)),
            reserved = reserved + max(0, min($units, $limit - reserved)),
            keep_until = max(keep_until, excluded.keep_until)
        RETURNING granted, reserved
        """,
        "$issuer", "$nonce", "$units", "$limit", "$keep");

    private readonly LedgerStatement _return = new(
        connection,
        "UPDATE permission SET reserved = reserved - $units WHERE issuer = $issuer AND nonce = $nonce AND reserved >= $units",
        "$issuer", "$nonce", "$units");

    private readonly LedgerStatement _reserved = new(
        connection, "SELECT reserved FROM permission WHERE issuer = $issuer AND nonce = $nonce", "$issuer", "$nonce");

    private readonly LedgerStatement _advance = new(
        connection,
        """
        INSERT INTO permission (issuer, nonce, chain, keep_until) VALUES ($issuer, $nonce, $index, $keep)
        ON CONFLICT DO UPDATE SET before = chain, chain = max(chain, $index), keep_until = max(keep_until, excluded.keep_until)
        RETURNING before
        """,
        "$issuer", "$nonce", "$index", "$keep");

    private readonly LedgerStatement _observe = new(
        connection,
        "INSERT INTO clock (id, latest) VALUES (1, $now) ON CONFLICT DO UPDATE SET latest = max(latest, $now) RETURNING latest",
        "$now");

    // What ended by this ledger's own memory of time, too: a clock that was set forward for a while must not make it forget.
    private readonly LedgerStatement _sweep = new(
        connection,
        """
        DELETE FROM permission WHERE (issuer, nonce) IN (
            SELECT issuer, nonce FROM permission WHERE keep_until < min($now, (SELECT latest FROM clock)) - $longer LIMIT 2048)
        """,
        "$now", "$longer");

    public bool Redeem(PermissionKey key, long keepUntil) => _redeem.Execute(key.Issuer, Nonce(key), keepUntil) == 1;

    public void Release(PermissionKey key) => _release.Execute(key.Issuer, Nonce(key));

    public UnitReservation Reserve(PermissionKey key, long units, long limit, long keepUntil)
    {
        Span<long> row = stackalloc long[2];
        _reserve.TryRead(row, key.Issuer, Nonce(key), units, limit, keepUntil);
        return new UnitReservation(row[0], Math.Max(0, limit - row[1]));
    }

    /// <exception cref="ArgumentOutOfRangeException">Fewer units are reserved.</exception>
    public void Return(PermissionKey key, long units)
    {
        Span<long> row = stackalloc long[1];

        // A row that is gone belonged to a permission that has ended: nothing can be reserved under it any more.
        if (_return.Execute(key.Issuer, Nonce(key), units) == 0 && _reserved.TryRead(row, key.Issuer, Nonce(key)))
        {
            throw new ArgumentOutOfRangeException(nameof(units), units, $"Only {row[0]} units are reserved under this permission.");
        }
    }

    public long Advance(PermissionKey key, long index, long keepUntil)
    {
        Span<long> row = stackalloc long[1];
        _advance.TryRead(row, key.Issuer, Nonce(key), index, keepUntil);
        return row[0];
    }

    public long Observe(long now)
    {
        Span<long> row = stackalloc long[1];
        _observe.TryRead(row, now);
        return row[0];
    }

    /// <summary>Forgets permissions that ended before a time, or before the latest that this ledger was told, and some while more.</summary>
    public void Sweep(long now) => _sweep.Execute(now, (long)InMemoryUsageLedger.KeptLonger.TotalMilliseconds);

    public void Dispose()
    {
        foreach (LedgerStatement statement in (LedgerStatement[])[_redeem, _release, _reserve, _return, _reserved, _advance, _observe, _sweep])
        {
            statement.Dispose();
        }
    }

    private static byte[] Nonce(PermissionKey key)
    {
        byte[] nonce = new byte[PermissionNonce.Size];
        key.Nonce.CopyTo(nonce);
        return nonce;
    }
}
