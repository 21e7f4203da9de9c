namespace Oml.Sdk.Permissions;

/// <summary>How often a permission can be presented to the same usage ledger.</summary>
public enum PermissionUse
{
    /// <summary>Once: it opens one session, and what that session leaves of the quota is void.</summary>
    SingleSession = 1,

    /// <summary>Any number of times until it ends: every session draws on the same quota, also after a restart.</summary>
    Resumable = 2,
}
