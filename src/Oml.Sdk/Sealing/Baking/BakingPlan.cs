using Oml.Sdk.Sealing.Onnx;

namespace Oml.Sdk.Sealing.Baking;

/// <summary>How a model is changed to carry a fingerprint.</summary>
/// <param name="Fingerprint">What it will carry.</param>
/// <param name="Edit">The change to the graph.</param>
/// <param name="Overlay">The change to an external file, if the bias is in one.</param>
internal sealed record BakingPlan(BakedFingerprint Fingerprint, ModelEdit? Edit, ExternalOverlay? Overlay = null);
