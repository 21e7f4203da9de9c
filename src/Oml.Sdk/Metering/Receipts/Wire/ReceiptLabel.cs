namespace Oml.Sdk.Metering.Receipts.Wire;

/// <summary>The keys of a receipt (docs/spec/receipt.md §2). They are fixed for good and never reused.</summary>
internal static class ReceiptLabel
{
    public const int Format = 1;
    public const int Issuer = 2;
    public const int Nonce = 3;
    public const int Model = 4;
    public const int Licensee = 5;
    public const int Units = 6;
    public const int FirstUnit = 7;
    public const int Time = 8;
    public const int InputsDigest = 9;
    public const int OutputsDigest = 10;
    public const int Previous = 11;
}
