namespace Oml.Sdk.Sealing.Onnx;

/// <summary>A change to bytes: some are left out, others put in their place.</summary>
internal readonly record struct Splice(int Position, int Removed, ReadOnlyMemory<byte> Inserted);
