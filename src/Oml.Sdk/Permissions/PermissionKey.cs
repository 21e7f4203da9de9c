namespace Oml.Sdk.Permissions;

/// <summary>What makes a permission one of a kind: its issuer and its nonce. Usage is booked under it.</summary>
/// <remarks>
/// Never the bytes of the token: an ECDSA signature (r, s) has a twin (r, n − s), so one permission has several encodings.
/// </remarks>
/// <param name="Issuer">The <c>iss</c> claim.</param>
/// <param name="Nonce">The <c>cti</c> claim.</param>
public readonly record struct PermissionKey(string Issuer, PermissionNonce Nonce);
