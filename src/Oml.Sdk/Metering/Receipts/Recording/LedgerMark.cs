using System.Security.Cryptography;
using System.Text;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Recording;

/// <summary>
/// What a usage ledger remembers of one receipt log: a time that no receipt of it is after. Each log has a mark of its own, because the
/// ledger's latest time is whatever any host told it last: of several hosts, one that runs on would hide that the ledger is an old copy.
/// </summary>
/// <remarks>
/// It is kept as the index of a chain, in seconds since 1970, which a ledger only raises; under an issuer that signs no permissions. Logs of one
/// key and one origin share a mark, and hide a part from each other, but never raise a false alarm. Thread-safe.
/// </remarks>
internal sealed class LedgerMark(IUsageLedger ledger, ReceiptLog log)
{
    internal const string Issuer = "oml:receipt-log";

    // The least index that there is: reading raises nothing else than a mark that was never set.
    private const long Unset = 1;

    private readonly PermissionKey _key = KeyOf(log);
    private long _known = Unset;

    /// <summary>Reads the mark; <see cref="DateTimeOffset.UnixEpoch"/> when the ledger does not know the log.</summary>
    public async ValueTask<DateTimeOffset> ReadAsync()
    {
        long marked = await ReadSecondsAsync().ConfigureAwait(false);
        Raise(marked);
        return DateTimeOffset.FromUnixTimeSeconds(marked > Unset ? marked : 0);
    }

    /// <summary>Raises the mark, before receipts of this time are written.</summary>
    /// <returns>
    /// False if the ledger forgot what it has said before, because an old copy took its place. The mark is left then: it is what shows that at the
    /// next start, too.
    /// </returns>
    public async ValueTask<bool> TryRaiseAsync(DateTimeOffset now)
    {
        // Taken first: what another call raises the mark to meanwhile may not be in what is read.
        long known = Volatile.Read(ref _known);
        if (await ReadSecondsAsync().ConfigureAwait(false) < known)
        {
            return false;
        }

        await RaiseAsync(now).ConfigureAwait(false);
        return true;
    }

    /// <summary>Raises the mark whatever the ledger forgot.</summary>
    public async ValueTask RaiseAsync(DateTimeOffset time)
    {
        long seconds = Math.Max(Unset, time.ToUnixTimeSeconds());
        await ledger.AdvanceAsync(_key, seconds, DateTimeOffset.MaxValue, CancellationToken.None).ConfigureAwait(false);
        Raise(seconds);
    }

    /// <summary>The permission, which nobody can issue, that a log's mark is kept under.</summary>
    internal static PermissionKey KeyOf(ReceiptLog log)
    {
        byte[] name = [.. "oml receipt log mark 1\0"u8, .. log.HostKey.KeyId.Span, .. Encoding.UTF8.GetBytes(log.Origin)];
        return new PermissionKey(Issuer, new PermissionNonce(SHA256.HashData(name).AsSpan(0, PermissionNonce.Size)));
    }

    private async ValueTask<long> ReadSecondsAsync() =>
        Math.Max(Unset, await ledger.AdvanceAsync(_key, Unset, DateTimeOffset.MaxValue, CancellationToken.None).ConfigureAwait(false));

    private void Raise(long seconds)
    {
        long known;
        while (seconds > (known = Volatile.Read(ref _known)) && Interlocked.CompareExchange(ref _known, seconds, known) != known)
        {
        }
    }
}
