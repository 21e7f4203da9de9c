using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk;

public sealed partial class OmlSession
{
    /// <summary>The highest unit of the permit chain whose preimage this session accepted; 0 before the first, and without a chain.</summary>
    public long PaidIndex => _payments?.AcceptedIndex ?? 0;

    /// <summary>
    /// The highest unit whose preimage this session accepted, with the preimage: the licensee's evidence in the settlement. Null before the first,
    /// and without a chain.
    /// </summary>
    /// <remarks>
    /// It can still be read when the session has ended. The session does not store it: keep the highest one of all sessions of the permission, which
    /// <see cref="Metering.Receipts.Settlement.UsageStatementBuilder.AddPayment(Permission, long, PermitPayment)"/> takes. Each reading makes a copy.
    /// </remarks>
    public PermitPayment? HighestPayment => _payments?.Highest;

    /// <summary>Pays for units with a preimage of the permission's permit chain; <see cref="InferAsync"/> spends them.</summary>
    /// <param name="index">The unit that the preimage pays for, and with it all before: 1 to the length of the chain.</param>
    /// <param name="preimage">Its preimage, 32 bytes, as <see cref="PermitChain.Release"/> gave it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// How many units were gained: those up to <paramref name="index"/> that no session has gained. 0 for a preimage that was shown
    /// before, so that showing one again, e.g. after a failure on the way, does no harm.
    /// </returns>
    /// <remarks>
    /// <para>The preimage after the last one costs one SHA-256 and no allocation, one that is k units further k, at most 2²⁰ further.
    /// A new session starts at 0, so its first payment costs as many hashes as the index.</para>
    /// <para>The session claims up to 4096 units ahead in the usage ledger (256 of a resumable permission, and never many more than were
    /// paid), which no other session can be paid for: keep a session open rather than to open one for each call, and pay only for
    /// what will be used. What is paid in a session is spent in it.</para>
    /// </remarks>
    /// <exception cref="PermissionDeniedException">The preimage is not that of the unit, or the permission has ended.</exception>
    /// <exception cref="InvalidOperationException">The permission has no permit chain.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model was disposed.</exception>
    public ValueTask<long> PayAsync(long index, ReadOnlySpan<byte> preimage, CancellationToken cancellationToken = default)
    {
        ChainPayments payments = _payments ?? throw new InvalidOperationException(
            "The permission has no permit chain: its units are those of its quota, and there is nothing to pay.");
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<long>(cancellationToken);
        }

        if (!_gate.TryEnter())
        {
            return ValueTask.FromException<long>(Closed());
        }

        try
        {
            ThrowIfEnded();
            ThrowIfRefused();
            CheckPayment(index, preimage.Length, payments.AcceptedIndex);
            if (!payments.TryPay(index, preimage, out long gained))
            {
                return PayAfterAdvancingAsync(payments, index, preimage.ToArray(), cancellationToken);
            }

            Add(gained, index);
            _gate.Exit();
            return new(gained);
        }
        catch (Exception error)
        {
            _gate.Exit();
            return ValueTask.FromException<long>(error);
        }
    }

    private async ValueTask<long> PayAfterAdvancingAsync(
        ChainPayments payments, long index, byte[] preimage, CancellationToken cancellationToken)
    {
        try
        {
            long gained = await payments.PayAsync(index, preimage, cancellationToken).ConfigureAwait(false);
            Add(gained, index);
            return gained;
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void CheckPayment(long index, int preimageLength, long acceptedIndex)
    {
        int length = Permission.PermitChain!.Length;
        if (index < 1 || index > length || preimageLength != PermitChain.PreimageSize)
        {
            throw _core.Refuse(
                DenialReason.BadPreimage,
                $"Unit {index} with {preimageLength} bytes is no payment: the chain has the units 1 to {length}, and a preimage has " +
                $"{PermitChain.PreimageSize} bytes.");
        }

        if (index - acceptedIndex > ChainPayments.MaxSkip)
        {
            throw _core.Refuse(
                DenialReason.BadPreimage,
                $"Unit {index} is {index - acceptedIndex} units after the last one that was accepted; show a preimage of one that is at most " +
                $"{ChainPayments.MaxSkip} further first.");
        }
    }

    private void Add(long gained, long index)
    {
        if (gained < 0)
        {
            throw _core.Refuse(
                DenialReason.BadPreimage, $"The preimage is not that of unit {index} of the permission's chain; ask '{Permission.Issuer}' for it.");
        }

        _allowance.Add(gained);
    }
}
