namespace Oml.Sdk.Permissions.Revocation;

/// <summary>What a status list says of a permission (draft-ietf-oauth-status-list §7). Any other value refuses it, too.</summary>
public enum PermissionStatus
{
    /// <summary>It holds.</summary>
    Valid = 0,

    /// <summary>It was revoked, for good.</summary>
    Revoked = 1,

    /// <summary>It does not hold at the moment.</summary>
    Suspended = 2,
}
