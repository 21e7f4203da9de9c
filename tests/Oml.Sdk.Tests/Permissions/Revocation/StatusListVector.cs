using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions.Revocation;

/// <summary>One list and what a verifier must say of the permission by it.</summary>
/// <param name="Name">What the list is, unique in the file.</param>
/// <param name="Expected">The failure class; <c>None</c> when the permission holds.</param>
/// <param name="Note">Why.</param>
/// <param name="List">The token of the list, hexadecimal.</param>
public sealed record StatusListVector(string Name, DenialReason Expected, string Note, string List)
{
    public override string ToString() => Name;
}
