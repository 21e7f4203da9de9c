using System.Formats.Cbor;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Wire;

/// <summary>Writes a receipt in the one form that the specification allows (RFC 8949 §4.2.1).</summary>
internal static class ReceiptEncoder
{
    public static byte[] Encode(Receipt receipt)
    {
        Span<byte> nonce = stackalloc byte[PermissionNonce.Size];
        receipt.Permission.Nonce.CopyTo(nonce);
        Span<byte> model = stackalloc byte[ModelId.Size];
        receipt.Model.CopyTo(model);

        CborWriter writer = ReceiptCbor.Begin();
        ReceiptCbor.Number(writer, ReceiptLabel.Format, ReceiptCbor.Format);
        ReceiptCbor.Text(writer, ReceiptLabel.Issuer, receipt.Permission.Issuer);
        ReceiptCbor.Bytes(writer, ReceiptLabel.Nonce, nonce);
        ReceiptCbor.Bytes(writer, ReceiptLabel.Model, model);
        ReceiptCbor.Text(writer, ReceiptLabel.Licensee, receipt.Licensee);
        ReceiptCbor.Number(writer, ReceiptLabel.Units, receipt.Units);
        ReceiptCbor.Number(writer, ReceiptLabel.FirstUnit, receipt.FirstUnit);
        ReceiptCbor.Number(writer, ReceiptLabel.Time, receipt.Time.ToUnixTimeSeconds());
        ReceiptCbor.Hash(writer, ReceiptLabel.InputsDigest, receipt.InputsDigest);
        ReceiptCbor.Hash(writer, ReceiptLabel.OutputsDigest, receipt.OutputsDigest);

        // Last on purpose: a tail that a power cut left as zeros then breaks the chain.
        ReceiptCbor.Hash(writer, ReceiptLabel.Previous, receipt.Previous);
        return ReceiptCbor.End(writer);
    }
}
