using Oml.Sdk.Metering.Receipts.Wire;
using Oml.Sdk.Metering.Receipts.Tree;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts;

/// <summary>The host's record of units that were used under one permission: one leaf of its log (docs/spec/receipt.md §2).</summary>
/// <remarks>Immutable and thread-safe. Every property is checked when it is set. Two receipts are equal when their bytes are.</remarks>
public sealed record Receipt
{
    /// <summary>The greatest length of an encoded receipt, in bytes: 4096.</summary>
    public const int MaxEncodedBytes = 4096;

    /// <summary>The greatest number of units, and the greatest index of a unit: 2^53.</summary>
    public const long MaxUnits = PermissionLimits.MaxQuota;

    /// <summary>The permission that was used.</summary>
    /// <exception cref="ArgumentException">The issuer is not 1 to 512 bytes of UTF-8 without control characters.</exception>
    public required PermissionKey Permission
    {
        get;
        init
        {
            ClaimText.Check(value.Issuer, PermissionLimits.MaxIssuerBytes, "The issuer's name", nameof(Permission));
            field = value;
        }
    }

    /// <summary>The model that ran.</summary>
    public required ModelId Model { get; init; }

    /// <summary>Who used it: the permission's <c>sub</c>.</summary>
    /// <exception cref="ArgumentException">It is not 1 to 256 bytes of UTF-8 without control characters.</exception>
    public required string Licensee
    {
        get;
        init
        {
            ClaimText.Check(value, PermissionLimits.MaxLicenseeBytes, "The licensee", nameof(Licensee));
            field = value;
        }
    }

    /// <summary>How many units were used, 1 to <see cref="MaxUnits"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that range.</exception>
    public required long Units
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Units));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxUnits, nameof(Units));
            field = value;
        }
    }

    /// <summary>
    /// The index of the first of the units, counted from 0 under the permission (0 to <see cref="MaxUnits"/>); null when the host does not
    /// number them: the units since the last receipt.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that range.</exception>
    public long? FirstUnit
    {
        get;
        init
        {
            if (value is { } first)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(first, nameof(FirstUnit));
                ArgumentOutOfRangeException.ThrowIfGreaterThan(first, MaxUnits, nameof(FirstUnit));
            }

            field = value;
        }
    }

    /// <summary>When the last of the units was used, by the host's clock: UTC, from 1970; cut to whole seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is before 1970.</exception>
    public required DateTimeOffset Time
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, DateTimeOffset.UnixEpoch, nameof(Time));
            field = DateTimeOffset.FromUnixTimeSeconds(value.ToUnixTimeSeconds());
        }
    }

    /// <summary>The SHA-256 of the inputs, as host and licensee agree to serialize them; null when the host does not keep it.</summary>
    public ReceiptHash? InputsDigest { get; init; }

    /// <summary>The SHA-256 of the outputs, as host and licensee agree to serialize them; null when the host does not keep it.</summary>
    public ReceiptHash? OutputsDigest { get; init; }

    /// <summary>The <see cref="Hash"/> of the receipt before it in the log; zeros for the first. The log sets it when it appends.</summary>
    public ReceiptHash Previous { get; init; }

    /// <summary>The hash of this receipt: that of its leaf, SHA-256(00 ‖ encoded receipt) (RFC 9162 §2.1.1).</summary>
    /// <returns>The hash; computed anew each time.</returns>
    public ReceiptHash Hash() => MerkleHash.Leaf(ReceiptEncoder.Encode(this));

    /// <summary>Writes the receipt in its one form: deterministic CBOR (RFC 8949 §4.2.1).</summary>
    /// <returns>At most <see cref="MaxEncodedBytes"/> bytes.</returns>
    public byte[] Encode() => ReceiptEncoder.Encode(this);

    /// <summary>Reads a receipt.</summary>
    /// <param name="encoded">The whole receipt and nothing after it.</param>
    /// <returns>The receipt.</returns>
    /// <exception cref="FormatException">The bytes are no receipt in the one form that the specification allows; the message says why.</exception>
    public static Receipt Decode(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            return ReceiptReader.Read(encoded);
        }
        catch (MalformedTokenException error)
        {
            throw new FormatException($"The receipt cannot be used: {error.Message}.");
        }
    }
}
