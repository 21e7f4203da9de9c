using System.Formats.Cbor;
using Oml.Sdk.Metering.Receipts.Wire;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Settlement;

/// <summary>Writes a statement in its one form (docs/spec/receipt.md §9).</summary>
internal static class StatementEncoder
{
    private const int Licensee = 2;
    private const int From = 3;
    private const int To = 4;
    private const int Lines = 5;

    private const int Issuer = 1;
    private const int Nonce = 2;
    private const int Model = 3;
    private const int Units = 4;
    private const int Receipts = 5;
    private const int PaidUnits = 6;

    public static byte[] Encode(UsageStatement statement)
    {
        CborWriter writer = ReceiptCbor.Begin();
        ReceiptCbor.Number(writer, ReceiptCbor.Format, ReceiptCbor.Format);
        ReceiptCbor.Text(writer, Licensee, statement.Licensee);
        ReceiptCbor.Number(writer, From, statement.From.ToUnixTimeSeconds());
        ReceiptCbor.Number(writer, To, statement.To.ToUnixTimeSeconds());
        writer.WriteInt32(Lines);
        writer.WriteStartArray(statement.Lines.Length);
        foreach (UsageStatementLine line in statement.Lines)
        {
            Write(writer, line);
        }

        writer.WriteEndArray();
        return ReceiptCbor.End(writer);
    }

    private static void Write(CborWriter writer, UsageStatementLine line)
    {
        Span<byte> nonce = stackalloc byte[PermissionNonce.Size];
        line.Permission.Nonce.CopyTo(nonce);
        Span<byte> model = stackalloc byte[ModelId.Size];
        line.Model.CopyTo(model);
        writer.WriteStartMap(null);
        ReceiptCbor.Text(writer, Issuer, line.Permission.Issuer);
        ReceiptCbor.Bytes(writer, Nonce, nonce);
        ReceiptCbor.Bytes(writer, Model, model);
        ReceiptCbor.Number(writer, Units, line.Units);
        ReceiptCbor.Number(writer, Receipts, line.Receipts);
        ReceiptCbor.Number(writer, PaidUnits, line.PaidUnits);
        writer.WriteEndMap();
    }
}
