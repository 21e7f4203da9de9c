namespace Oml.Sdk.Fingerprints;

/// <summary>Whom a fingerprint names: one licensee of one model.</summary>
/// <param name="Model">The model.</param>
/// <param name="FingerprintId">The licensee's number at the publisher, from the permission's fingerprint-id claim.</param>
public readonly record struct FingerprintSubject(ModelId Model, ulong FingerprintId);
