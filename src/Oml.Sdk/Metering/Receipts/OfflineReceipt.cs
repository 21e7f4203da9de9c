using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Oml.Sdk.Metering.Receipts.Wire;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Metering.Receipts;

/// <summary>One receipt in a file of its own, with the proof that it is in a log whose host signed it (docs/spec/receipt.md §6).</summary>
/// <remarks>
/// Immutable and thread-safe. There is none whose signature and proof were not verified or made here. An auditor needs the bytes and the
/// host's public key, and nothing else.
/// </remarks>
public sealed class OfflineReceipt
{
    /// <summary>The greatest length of the file, in bytes: 16384.</summary>
    public const int MaxEncodedBytes = OfflineReceiptCodec.MaxBytes;

    private readonly byte[] _encoded;

    internal OfflineReceipt(Receipt receipt, long index, ReceiptCheckpoint checkpoint, byte[] encoded)
    {
        _encoded = encoded;
        Receipt = receipt;
        Index = index;
        Checkpoint = checkpoint;
    }

    /// <summary>The receipt.</summary>
    public Receipt Receipt { get; }

    /// <summary>Its index in the log, from 0.</summary>
    public long Index { get; }

    /// <summary>The host's signed word for the log that holds it.</summary>
    public ReceiptCheckpoint Checkpoint { get; }

    /// <summary>The bytes of the file: deterministic CBOR.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded;

    /// <summary>Reads a file and checks it: form, then the host's signature, then that the receipt is in the log.</summary>
    /// <param name="encoded">The whole file and nothing after it.</param>
    /// <param name="hostKey">The host's key, from a source that the caller trusts.</param>
    /// <param name="receipt">The receipt; null when it is refused.</param>
    /// <returns>
    /// <see cref="ReceiptLogFault.None"/>, or why it is refused: <see cref="ReceiptLogFault.Malformed"/>,
    /// <see cref="ReceiptLogFault.MalformedReceipt"/>, <see cref="ReceiptLogFault.UnknownHost"/>, <see cref="ReceiptLogFault.BadSignature"/> or
    /// <see cref="ReceiptLogFault.NotIncluded"/>.
    /// </returns>
    public static ReceiptLogFault TryRead(ReadOnlyMemory<byte> encoded, IssuerPublicKey hostKey, [MaybeNull] out OfflineReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(hostKey);
        receipt = null;
        if (encoded.Length > MaxEncodedBytes)
        {
            return ReceiptLogFault.Malformed;
        }

        byte[] copy = encoded.ToArray();
        OfflineReceiptParts parts;
        try
        {
            parts = OfflineReceiptCodec.Decode(copy);
        }
        catch (MalformedTokenException)
        {
            return ReceiptLogFault.Malformed;
        }

        ReceiptLogFault fault = ReceiptCheckpoint.TryRead(parts.Checkpoint, hostKey, out ReceiptCheckpoint? checkpoint);
        return checkpoint is null ? fault : TryCreate(parts, checkpoint, copy, out receipt);
    }

    internal static OfflineReceipt Create(ReadOnlyMemory<byte> receipt, long index, ImmutableArray<ReceiptHash> path, ReceiptCheckpoint checkpoint)
    {
        OfflineReceiptParts parts = new(receipt, index, path, checkpoint.Encoded);
        return TryCreate(parts, checkpoint, OfflineReceiptCodec.Encode(parts), out OfflineReceipt? created) == ReceiptLogFault.None
            ? created!
            : throw new ReceiptLogException(
                ReceiptLogFault.WrongHash, $"Receipt {index} is not in the log that its host signed. Check the log, and restore it from a copy.");
    }

    private static ReceiptLogFault TryCreate(
        OfflineReceiptParts parts, ReceiptCheckpoint checkpoint, byte[] encoded, [MaybeNull] out OfflineReceipt receipt)
    {
        receipt = null;
        Receipt read;
        try
        {
            read = ReceiptReader.Read(parts.Receipt);
        }
        catch (MalformedTokenException)
        {
            return ReceiptLogFault.MalformedReceipt;
        }

        if (!MerkleProof.VerifyInclusion(read.Hash(), parts.Index, checkpoint.Size, parts.Path.AsSpan(), checkpoint.Root))
        {
            return ReceiptLogFault.NotIncluded;
        }

        receipt = new OfflineReceipt(read, parts.Index, checkpoint, encoded);
        return ReceiptLogFault.None;
    }
}
