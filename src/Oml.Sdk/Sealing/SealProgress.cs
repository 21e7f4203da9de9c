namespace Oml.Sdk.Sealing;

/// <summary>How far long work on a sealed model has come.</summary>
/// <param name="BytesDone">Bytes of content done.</param>
/// <param name="BytesTotal">Bytes in all; null when a stream does not tell its length.</param>
/// <param name="BytesPerSecond">The rate since the start.</param>
public readonly record struct SealProgress(long BytesDone, long? BytesTotal, double BytesPerSecond);
