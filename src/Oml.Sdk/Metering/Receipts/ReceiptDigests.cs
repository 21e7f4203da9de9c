namespace Oml.Sdk.Metering.Receipts;

/// <summary>What of a call a receipt keeps a digest of.</summary>
[Flags]
public enum ReceiptDigests
{
    /// <summary>Nothing; one receipt then stands for many calls.</summary>
    None = 0,

    /// <summary>The inputs: <see cref="Permissions.InputDigest"/> (docs/spec/permission.md §5).</summary>
    Inputs = 1,

    /// <summary>The outputs as they were delivered, fingerprinted and restricted (docs/spec/receipt.md §2).</summary>
    Outputs = 2,
}
