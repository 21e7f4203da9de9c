namespace Oml.Sdk.Permissions;

/// <summary>A unit of a permit chain and its preimage: what pays for it and all before. Immutable and thread-safe; the caller's to keep.</summary>
/// <remarks>
/// The highest one that a publisher gave out and the highest one that a session accepted are what the two of them settle by
/// (docs/spec/permission.md §5). It is no secret between the two, and of no use to anybody who has not got the permission.
/// </remarks>
public sealed class PermitPayment
{
    private readonly byte[] _preimage;

    /// <summary>Makes a payment, e.g. of what was stored. Whether the preimage is that of the unit is checked where it is shown.</summary>
    /// <param name="index">The unit, 1 to <see cref="PermitChain.MaxLength"/>.</param>
    /// <param name="preimage">Its preimage, exactly <see cref="PermitChain.PreimageSize"/> bytes; copied.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is out of its range.</exception>
    /// <exception cref="ArgumentException">The preimage has another length.</exception>
    public PermitPayment(long index, ReadOnlySpan<byte> preimage)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(index, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, PermitChain.MaxLength);
        if (preimage.Length != PermitChain.PreimageSize)
        {
            throw new ArgumentException($"A preimage is {PermitChain.PreimageSize} bytes long; got {preimage.Length}.", nameof(preimage));
        }

        Index = index;
        _preimage = preimage.ToArray();
    }

    /// <summary>The unit that it pays for, and with it all before.</summary>
    public long Index { get; }

    /// <summary>The preimage of that unit: 32 bytes.</summary>
    public ReadOnlyMemory<byte> Preimage => _preimage;

    /// <summary>The unit, without the preimage.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"payment of the units to {Index}";
}
