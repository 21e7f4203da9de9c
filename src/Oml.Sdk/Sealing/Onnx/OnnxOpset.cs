namespace Oml.Sdk.Sealing.Onnx;

/// <summary>A set of operators that a model uses; the empty domain is that of ONNX.</summary>
internal readonly record struct OnnxOpset(string Domain, long Version);
