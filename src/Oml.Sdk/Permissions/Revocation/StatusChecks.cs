namespace Oml.Sdk.Permissions.Revocation;

/// <summary>Turns a status into a verdict. Null: the permission holds.</summary>
internal static class StatusChecks
{
    public static PermissionVerification? Of(Permission permission, StatusList list)
    {
        int index = permission.Status!.Index;
        if (index >= list.Count)
        {
            return Unknown(permission, $"it has {list.Count} places, and this permission's is {index}");
        }

        return list[index] switch
        {
            (int)PermissionStatus.Valid => null,
            (int)PermissionStatus.Suspended => DenialText.Deny(
                DenialReason.Suspended,
                $"{DenialText.Quote(permission.Issuer)} has suspended the permission. Ask there when it holds again."),
            _ => DenialText.Deny(
                DenialReason.Revoked, $"{DenialText.Quote(permission.Issuer)} has revoked the permission. Ask there for a new one."),
        };
    }

    public static PermissionVerification Unknown(Permission permission, string problem) => DenialText.Deny(
        DenialReason.StatusUnknown,
        $"Whether the permission still holds cannot be told from the status list {DenialText.Quote(permission.Status!.Uri)}: {problem}.");
}
