using System.Formats.Cbor;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Wire;

/// <summary>Reads a receipt strictly.</summary>
internal static class ReceiptReader
{
    /// <exception cref="MalformedTokenException">The receipt has another form.</exception>
    public static Receipt Read(ReadOnlyMemory<byte> encoded)
    {
        ReceiptCbor.Require(encoded.Length <= Receipt.MaxEncodedBytes, $"it is longer than {Receipt.MaxEncodedBytes} bytes");
        Parts parts = new();
        ReceiptCbor.ReadMap(encoded, parts.ReadValue);
        return parts.ToReceipt();
    }

    private sealed class Parts
    {
        private string? _issuer;
        private PermissionNonce? _nonce;
        private ModelId? _model;
        private string? _licensee;
        private long? _units;
        private long? _firstUnit;
        private DateTimeOffset? _time;
        private ReceiptHash? _inputs;
        private ReceiptHash? _outputs;
        private ReceiptHash? _previous;

        public bool ReadValue(CborReader reader, long label)
        {
            switch (label)
            {
                case ReceiptLabel.Issuer:
                    _issuer = StrictCbor.ReadText(reader, PermissionLimits.MaxIssuerBytes);
                    return true;
                case ReceiptLabel.Nonce:
                    _nonce = new PermissionNonce(StrictCbor.ReadBytes(reader, PermissionNonce.Size).Span);
                    return true;
                case ReceiptLabel.Model:
                    _model = new ModelId(StrictCbor.ReadBytes(reader, ModelId.Size).Span);
                    return true;
                case ReceiptLabel.Licensee:
                    _licensee = StrictCbor.ReadText(reader, PermissionLimits.MaxLicenseeBytes);
                    return true;
                case ReceiptLabel.Units:
                    _units = StrictCbor.ReadInteger(reader, 1, Receipt.MaxUnits);
                    return true;
                case ReceiptLabel.FirstUnit:
                    _firstUnit = StrictCbor.ReadInteger(reader, 0, Receipt.MaxUnits);
                    return true;
                case ReceiptLabel.Time:
                    _time = ReceiptCbor.ReadTime(reader);
                    return true;
                case ReceiptLabel.InputsDigest:
                    _inputs = ReceiptCbor.ReadHash(reader);
                    return true;
                case ReceiptLabel.OutputsDigest:
                    _outputs = ReceiptCbor.ReadHash(reader);
                    return true;
                case ReceiptLabel.Previous:
                    _previous = ReceiptCbor.ReadHash(reader);
                    return true;
                default:
                    return false;
            }
        }

        public Receipt ToReceipt() => new()
        {
            Permission = new PermissionKey(ReceiptCbor.Given(_issuer, "the issuer"), ReceiptCbor.Given(_nonce, "the nonce")),
            Model = ReceiptCbor.Given(_model, "the model"),
            Licensee = ReceiptCbor.Given(_licensee, "the licensee"),
            Units = ReceiptCbor.Given(_units, "the units"),
            FirstUnit = _firstUnit,
            Time = ReceiptCbor.Given(_time, "the time"),
            InputsDigest = _inputs,
            OutputsDigest = _outputs,
            Previous = ReceiptCbor.Given(_previous, "the hash of the receipt before it"),
        };
    }
}
