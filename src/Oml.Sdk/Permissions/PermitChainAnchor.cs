namespace Oml.Sdk.Permissions;

/// <summary>What a permission says about the permit chain that pays for its units. Immutable and thread-safe; no secret.</summary>
public sealed class PermitChainAnchor
{
    private readonly byte[] _value;

    /// <summary>Creates an anchor.</summary>
    /// <param name="value">The lower end of the chain, w₀, exactly <see cref="PermitChain.PreimageSize"/> bytes; copied.</param>
    /// <param name="length">How many units the chain can pay for, 1 to <see cref="PermitChain.MaxLength"/>.</param>
    /// <exception cref="ArgumentException">The value has another length, or <paramref name="length"/> is out of its range.</exception>
    public PermitChainAnchor(ReadOnlySpan<byte> value, int length)
    {
        if (value.Length != PermitChain.PreimageSize)
        {
            throw new ArgumentException($"An anchor is {PermitChain.PreimageSize} bytes long; got {value.Length}.", nameof(value));
        }

        PermitChain.CheckLength(length);
        _value = value.ToArray();
        Length = length;
    }

    /// <summary>The lower end of the chain, w₀: 32 bytes.</summary>
    public ReadOnlyMemory<byte> Value => _value;

    /// <summary>How many units the chain can pay for.</summary>
    public int Length { get; }
}
