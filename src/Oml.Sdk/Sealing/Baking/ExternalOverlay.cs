using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing.Baking;

/// <summary>Other values for a tensor in an external file.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Values">As many bytes as it has.</param>
internal sealed record ExternalOverlay(ExternalTensor Tensor, byte[] Values);
