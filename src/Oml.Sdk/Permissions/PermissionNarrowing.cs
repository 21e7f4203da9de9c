namespace Oml.Sdk.Permissions;

/// <summary>What a delegated permission must not say more than the one it comes from (docs/spec/permission.md §5). Null: it does not.</summary>
internal static class PermissionNarrowing
{
    public static PermissionVerification? Check(Permission parent, Permission child) =>
        Delegable(parent) ?? Holder(parent, child) ?? Time(parent, child) ?? Scopes(parent, child) ?? Quota(parent, child)
        ?? Input(parent, child) ?? Output(parent, child)
        ?? Features(parent, child);

    // What is counted by session rather than under the permission's key would be had once more by each delegation.
    private static PermissionVerification? Delegable(Permission parent) =>
        parent.ConfirmationKey is null ? NotDelegable("it names no key")
        : parent.Use != PermissionUse.Resumable ? NotDelegable("it is good for a single session")
        : parent.PermitChain is not null ? NotDelegable("its units are paid by a permit chain")
        : parent.Rate is not null ? NotDelegable("it has a rate limit")
        : null;

    private static PermissionVerification? Holder(Permission parent, Permission child) =>
        child.FingerprintId != parent.FingerprintId ? Widened(DenialReason.WidenedHolder, "has another fingerprint id")
        : child.ConfirmationKey is null ? Widened(DenialReason.WidenedHolder, "names no key")
        : child.Model != parent.Model ? Widened(DenialReason.WidenedHolder, "is for another model")
        : parent.Audience is not null && parent.Audience != child.Audience ? Widened(DenialReason.WidenedHolder, "is for another application")
        : null;

    private static PermissionVerification? Time(Permission parent, Permission child) =>
        child.ExpiresAt > parent.ExpiresAt || child.EndsAt > parent.EndsAt ? Widened(DenialReason.WidenedTime, "ends later")
        : StartOf(child) < StartOf(parent) ? Widened(DenialReason.WidenedTime, "starts earlier")
        : null;

    private static PermissionVerification? Scopes(Permission parent, Permission child) =>
        child.Scopes.All(scope => parent.Scopes.Contains(scope, StringComparer.Ordinal)) ? null : Widened(DenialReason.WidenedScopes, "has more scopes");

    private static PermissionVerification? Quota(Permission parent, Permission child) =>
        parent.Quota is null ? null
        : child.Quota is null || child.Quota > parent.Quota ? Widened(DenialReason.WidenedQuota, "has a larger quota, or none")
        : child.Unit != parent.Unit ? Widened(DenialReason.WidenedQuota, "counts in another unit")
        : null;

    private static PermissionVerification? Input(Permission parent, Permission child) =>
        parent.InputDigest is null || child.InputDigest == parent.InputDigest ? null : Widened(DenialReason.WidenedInput, "is for other inputs");

    private static PermissionVerification? Output(Permission parent, Permission child) =>
        parent.OutputPolicy is null || IsAsStrict(parent.OutputPolicy, child.OutputPolicy) ? null : Widened(DenialReason.WidenedOutput, "lets more of the outputs through");

    private static PermissionVerification? Features(Permission parent, Permission child) =>
        parent.IsTrial && !child.IsTrial ? Widened(DenialReason.WidenedFeatures, "is more than for trying out")
        : child.Features.All(feature => parent.Features.Contains(feature, StringComparer.Ordinal)) ? null
        : Widened(DenialReason.WidenedFeatures, "has more features");

    private static bool IsAsStrict(OutputPolicy parent, OutputPolicy? child)
    {
        if (child is null || child.IsLabelOnly || parent.IsLabelOnly)
        {
            return child is { IsLabelOnly: true };
        }

        // A number that is missing is not below any number.
        return (parent.TopK is null || child.TopK <= parent.TopK) && (parent.Decimals is null || child.Decimals <= parent.Decimals);
    }

    private static DateTimeOffset StartOf(Permission permission) =>
        permission.NotBefore > permission.IssuedAt ? permission.NotBefore.Value : permission.IssuedAt;

    private static PermissionVerification NotDelegable(string why) => DenialText.Deny(
        DenialReason.NotDelegable, $"The permission was delegated, but the one that it comes from cannot be: {why}.");

    private static PermissionVerification Widened(DenialReason reason, string what) => DenialText.Deny(
        reason, $"The permission was delegated and {what} than the one that it comes from: a delegation can only narrow.");
}
