using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>One token and what a verifier must say of it.</summary>
/// <param name="Name">What the token is, unique in the file.</param>
/// <param name="Expected">The failure class; <c>None</c> for a permission that holds.</param>
/// <param name="Note">Why.</param>
/// <param name="Token">The token, hexadecimal.</param>
/// <param name="Claims">What the permission says, when it holds.</param>
public sealed record PermissionVector(string Name, DenialReason Expected, string Note, string Token, PermissionVectorClaims? Claims)
{
    public override string ToString() => Name;
}
