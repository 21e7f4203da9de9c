using System.Diagnostics.CodeAnalysis;
using Oml.Sdk.Metering.Receipts.Wire;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts;

/// <summary>The host's signed word for what its log held at a moment: size and root (docs/spec/receipt.md §5).</summary>
/// <remarks>
/// Immutable and thread-safe. There is none whose signature was not verified or made here. Keep checkpoints away from the host: they
/// are what shows that a log was rolled back or written anew.
/// </remarks>
public sealed class ReceiptCheckpoint
{
    /// <summary>The greatest length of a signed checkpoint, in bytes: 8192.</summary>
    public const int MaxEncodedBytes = CheckpointCodec.MaxSignedBytes;

    private readonly byte[] _signed;

    internal ReceiptCheckpoint(string origin, long size, ReceiptHash root, DateTimeOffset time, byte[] signed)
    {
        _signed = signed;
        Origin = origin;
        Size = size;
        Root = root;
        Time = time;
    }

    /// <summary>The name of the log: 1 to 512 bytes of UTF-8.</summary>
    public string Origin { get; }

    /// <summary>How many receipts it covers.</summary>
    public long Size { get; }

    /// <summary>The root of the tree over them (RFC 9162 §2.1.1).</summary>
    public ReceiptHash Root { get; }

    /// <summary>When it was signed, by the host's clock: UTC, whole seconds.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The signed bytes: a COSE_Sign1 (RFC 9052 §4.2) in the strict form of permissions.</summary>
    public ReadOnlyMemory<byte> Encoded => _signed;

    /// <summary>Reads a checkpoint and checks its signature.</summary>
    /// <param name="signed">The whole COSE_Sign1 and nothing after it.</param>
    /// <param name="hostKey">The host's key, from a source that the caller trusts.</param>
    /// <param name="checkpoint">The checkpoint; null when it is refused.</param>
    /// <returns>
    /// <see cref="ReceiptLogFault.None"/>, or why it is refused: <see cref="ReceiptLogFault.Malformed"/>,
    /// <see cref="ReceiptLogFault.UnknownHost"/> or <see cref="ReceiptLogFault.BadSignature"/>.
    /// </returns>
    public static ReceiptLogFault TryRead(
        ReadOnlyMemory<byte> signed, IssuerPublicKey hostKey, [MaybeNull] out ReceiptCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(hostKey);
        checkpoint = null;
        if (signed.Length > MaxEncodedBytes)
        {
            return ReceiptLogFault.Malformed;
        }

        byte[] copy = signed.ToArray();
        try
        {
            ReceiptLogFault fault = HostSignature.Verify(copy, CheckpointCodec.Type, hostKey, out ReadOnlyMemory<byte> payload);
            if (fault == ReceiptLogFault.None)
            {
                checkpoint = CheckpointCodec.Decode(payload, copy);
            }

            return fault;
        }
        catch (MalformedTokenException)
        {
            return ReceiptLogFault.Malformed;
        }
    }

    /// <summary>Size, root and origin.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Size} receipts, root {Root}, of '{Origin}' at {Time:u}";
}
