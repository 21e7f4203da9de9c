using System.Collections.Immutable;

namespace Oml.Sdk.Metering.Receipts.Wire;

/// <summary>What the file of a receipt holds, not checked yet.</summary>
internal readonly record struct OfflineReceiptParts(
    ReadOnlyMemory<byte> Receipt, long Index, ImmutableArray<ReceiptHash> Path, ReadOnlyMemory<byte> Checkpoint);
