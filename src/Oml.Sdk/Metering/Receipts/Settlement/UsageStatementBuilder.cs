using System.Collections.Immutable;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Settlement;

/// <summary>Adds up the receipts of a licensee and a period, and what permit chains prove to be paid.</summary>
/// <remarks>Not thread-safe. The order in which things are added changes nothing.</remarks>
public sealed class UsageStatementBuilder
{
    private readonly Dictionary<(PermissionKey Permission, ModelId Model), (long Units, long Receipts)> _uses = [];
    private readonly Dictionary<(PermissionKey Permission, ModelId Model), (long Settled, long Index)> _payments = [];
    private readonly string _licensee;
    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _to;

    /// <summary>Starts empty.</summary>
    /// <param name="licensee">The licensee: the <c>sub</c> of the permissions.</param>
    /// <param name="from">The start of the period, which belongs to it; cut to whole seconds.</param>
    /// <param name="to">The end of the period, which does not belong to it; cut to whole seconds.</param>
    /// <exception cref="ArgumentException">The licensee is not 1 to 256 bytes of UTF-8 without control characters.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The period starts before 1970 or does not end after it starts.</exception>
    public UsageStatementBuilder(string licensee, DateTimeOffset from, DateTimeOffset to)
    {
        ClaimText.Check(licensee, PermissionLimits.MaxLicenseeBytes, "The licensee", nameof(licensee));
        ArgumentOutOfRangeException.ThrowIfLessThan(from, DateTimeOffset.UnixEpoch);
        _licensee = licensee;
        _from = DateTimeOffset.FromUnixTimeSeconds(from.ToUnixTimeSeconds());
        _to = DateTimeOffset.FromUnixTimeSeconds(to.ToUnixTimeSeconds());
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_to, _from, nameof(to));
    }

    /// <summary>Adds a receipt, once, if it is of the licensee and the period.</summary>
    /// <param name="receipt">A receipt of a log that was checked.</param>
    /// <returns>Whether it counts.</returns>
    /// <exception cref="OverflowException">More units than 2^63.</exception>
    public bool Add(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        if (receipt.Licensee != _licensee || receipt.Time < _from || receipt.Time >= _to)
        {
            return false;
        }

        (long units, long receipts) = _uses.GetValueOrDefault((receipt.Permission, receipt.Model));
        _uses[(receipt.Permission, receipt.Model)] = (checked(units + receipt.Units), receipts + 1);
        return true;
    }

    /// <summary>Adds the proof of what was paid with a permit chain.</summary>
    /// <param name="permission">The permission that signed the chain's anchor.</param>
    /// <param name="settledIndex">The index up to which earlier statements settled it; 0 for the first.</param>
    /// <param name="index">The unit that the preimage pays for; of several proofs the highest counts.</param>
    /// <param name="preimage">Its preimage.</param>
    /// <exception cref="ArgumentException">The permission has no chain or is another licensee's, or the preimage is not that of the index.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is not of the chain, or <paramref name="index"/> is below what was settled.</exception>
    public void AddPayment(Permission permission, long settledIndex, long index, ReadOnlySpan<byte> preimage)
    {
        ArgumentNullException.ThrowIfNull(permission);
        if (permission.PermitChain is not { } anchor || permission.Licensee != _licensee)
        {
            throw new ArgumentException($"The permission {permission.Nonce} is no permission of '{_licensee}' with a permit chain.", nameof(permission));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(settledIndex);
        ArgumentOutOfRangeException.ThrowIfLessThan(index, Math.Max(1, settledIndex));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, anchor.Length);
        if (!PermitChain.Verify(anchor, index, preimage))
        {
            throw new ArgumentException($"The preimage does not pay for unit {index} of the permission {permission.Nonce}.", nameof(preimage));
        }

        (PermissionKey, ModelId) key = (permission.Key, permission.Model);
        (long settled, long paid) = _payments.GetValueOrDefault(key, (settledIndex, 0));
        _payments[key] = (Math.Max(settled, settledIndex), Math.Max(paid, index));
    }

    /// <summary>Adds the proof of what was paid with a permit chain.</summary>
    /// <param name="permission">The permission that signed the chain's anchor.</param>
    /// <param name="settledIndex">The index up to which earlier statements settled it; 0 for the first.</param>
    /// <param name="payment">The publisher's highest release, or the highest that a session accepted, <see cref="OmlSession.HighestPayment"/>.</param>
    /// <exception cref="ArgumentException">The permission has no chain or is another licensee's, or the preimage is not that of the index.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is not of the chain, or below what was settled.</exception>
    public void AddPayment(Permission permission, long settledIndex, PermitPayment payment)
    {
        ArgumentNullException.ThrowIfNull(payment);
        AddPayment(permission, settledIndex, payment.Index, payment.Preimage.Span);
    }

    /// <summary>Makes the statement of what was added so far.</summary>
    /// <returns>The statement.</returns>
    public UsageStatement Build() => new(
        _licensee,
        _from,
        _to,
        [.. _uses.Keys.Union(_payments.Keys)
            .Order(Comparer<(PermissionKey Permission, ModelId Model)>.Create(StatementOrder.Compare))
            .Select(key =>
            {
                (long units, long receipts) = _uses.GetValueOrDefault(key);
                return new UsageStatementLine(
                    key.Permission,
                    key.Model,
                    units,
                    receipts,
                    _payments.TryGetValue(key, out (long Settled, long Index) paid) ? Math.Max(0, paid.Index - paid.Settled) : null);
            })]);
}
