using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts.Wire;

/// <summary>Checks what a host signed: a COSE_Sign1 in the strict form of permissions, with its own <c>typ</c>.</summary>
internal static class HostSignature
{
    /// <summary>Checks form, type, key and signature, in this order.</summary>
    /// <exception cref="MalformedTokenException">It has another form.</exception>
    public static ReceiptLogFault Verify(
        ReadOnlyMemory<byte> signed, ReadOnlySpan<byte> type, IssuerPublicKey key, out ReadOnlyMemory<byte> payload)
    {
        TokenEnvelope envelope = TokenEnvelope.Read(signed);
        payload = envelope.Payload;
        ReceiptCbor.Require(envelope.Type.Span.SequenceEqual(type), "it is another kind of signed statement");
        if (envelope.KeyId != key.Thumbprint)
        {
            return ReceiptLogFault.UnknownHost;
        }

        // The trusted key says which algorithm it is for; the statement only has to agree.
        ReceiptCbor.Require(
            envelope.Algorithm == (long)key.Algorithm && !envelope.HasCriticalHeaders && envelope.SignatureBytes == key.SignatureBytes,
            "its signature is of another kind than its host's key");
        return IsGood(signed, key) ? ReceiptLogFault.None : ReceiptLogFault.BadSignature;
    }

    private static bool IsGood(ReadOnlyMemory<byte> signed, IssuerPublicKey key)
    {
        try
        {
            return key.Verify(CoseMessage.DecodeSign1(signed.ToArray()));
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
