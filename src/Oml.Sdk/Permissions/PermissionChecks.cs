using System.Collections.Immutable;

namespace Oml.Sdk.Permissions;

/// <summary>What the claims of a verified token must satisfy, in the order of docs/spec/permission.md §7. Null: it does.</summary>
internal static class PermissionChecks
{
    public static PermissionVerification? Issuer(Permission permission, TrustedKey key, DateTimeOffset now, TimeSpan skew)
    {
        bool isNamed = false;
        foreach (TrustedIssuer issuer in key.Issuers)
        {
            if (string.Equals(permission.Issuer, issuer.Name, StringComparison.Ordinal))
            {
                isNamed = true;
                if (issuer.IsTrustedAt(now, skew) && issuer.MayHaveIssuedAt(permission.IssuedAt))
                {
                    return null;
                }
            }
        }

        return DenialText.Deny(DenialReason.UnknownIssuer, isNamed
            ? $"The permission was issued at {DenialText.Time(permission.IssuedAt)}, when its key was not trusted as that of " +
              $"{DenialText.Quote(permission.Issuer)}, or its key is not trusted now. Ask for a new permission."
            : $"The permission says that its issuer is {DenialText.Quote(permission.Issuer)}, but its key is trusted as " +
              $"{DenialText.Quote(key.Name)}. Trust the key under the name that the issuer uses.");
    }

    public static PermissionVerification? Model(Permission permission, PermissionContext context) =>
        permission.Model == context.Model ? null : DenialText.Deny(
            DenialReason.WrongModel,
            $"The permission is for the model {permission.Model}, but the model that is to run is {context.Model}. " +
            $"Ask {DenialText.Quote(permission.Issuer)} for a permission for this model, or load the other one.");

    public static PermissionVerification? Audience(Permission permission, PermissionContext context)
    {
        if (permission.Audience is null || string.Equals(permission.Audience, context.Audience, StringComparison.Ordinal))
        {
            return null;
        }

        string here = context.Audience is null ? "this application has no name" : $"this one is {DenialText.Quote(context.Audience)}";
        return DenialText.Deny(
            DenialReason.WrongAudience,
            $"The permission is for the application {DenialText.Quote(permission.Audience)}; {here}. Set the application's audience, " +
            $"or ask {DenialText.Quote(permission.Issuer)} for a permission for this application.");
    }

    public static PermissionVerification? Time(Permission permission, DateTimeOffset now, TimeSpan skew, TimeSpan maxLifetime)
    {
        // Ticks from the epoch: 9999-12-31 and ten minutes do not overflow, where DateTimeOffset would.
        long nowTicks = now.UtcTicks;
        DateTimeOffset start = permission.NotBefore > permission.IssuedAt ? permission.NotBefore.Value : permission.IssuedAt;
        if (nowTicks + skew.Ticks < start.UtcTicks)
        {
            return DenialText.Deny(
                DenialReason.NotYetValid,
                $"The permission holds in {DenialText.Duration(start - now)}, from {DenialText.Time(start)} on; " +
                $"it is {DenialText.Time(now)} here. Wait, or set the clock.");
        }

        TimeSpan lifetime = permission.EndsAt - permission.IssuedAt;
        if (lifetime > maxLifetime)
        {
            return DenialText.Deny(
                DenialReason.LifetimeTooLong,
                $"The permission is for {DenialText.Duration(lifetime)}; this application accepts {DenialText.Duration(maxLifetime)}. " +
                $"Ask {DenialText.Quote(permission.Issuer)} for a shorter one, or raise MaxLifetime.");
        }

        return nowTicks < permission.EndsAt.UtcTicks + skew.Ticks ? null : DenialText.Deny(
            DenialReason.Expired,
            $"The permission expired {DenialText.Duration(now - permission.EndsAt)} ago, at {DenialText.Time(permission.EndsAt)}. " +
            $"Ask {DenialText.Quote(permission.Issuer)} for a new one.");
    }

    public static PermissionVerification? Scopes(Permission permission, PermissionContext context)
    {
        foreach (string required in context.RequiredScopes)
        {
            if (!permission.Scopes.Contains(required, StringComparer.Ordinal))
            {
                return DenialText.Deny(
                    DenialReason.MissingScope,
                    $"The permission lacks the scope {DenialText.Quote(required)}. " +
                    $"Ask {DenialText.Quote(permission.Issuer)} for one that has it.");
            }
        }

        return null;
    }

    // A trusted issuer delegates from nobody, and who delegates publishes no lists: such claims have no meaning that this version could
    // enforce. What was delegated is revoked with the permission that it comes from.
    public static PermissionVerification? Unsupported(PermissionClaims claims, Permission permission) =>
        (claims.Unsupported ?? (claims.Delegation is not null && permission.Parent is null ? PermissionClaim.Describe(PermissionClaim.Delegation) : null)
            ?? (claims.Status is not null && permission.Parent is not null ? PermissionClaim.Describe(PermissionClaim.Status) : null))
        is not { } claim ? null : DenialText.Deny(
            DenialReason.UnsupportedRestriction,
            $"The permission has the claim {claim}, which this version cannot enforce. Update Oml.Sdk, " +
            "or ask the issuer for a permission without it.");

    public static PermissionVerification NotDelegated(Permission parent) => DenialText.Deny(
        parent.ConfirmationKey is null ? DenialReason.NotDelegable : DenialReason.UnknownIssuer,
        $"The permission was delegated with a key that the permission of {DenialText.Quote(parent.Licensee)}, which it comes from, does not name.");

    public static PermissionVerification KeyOutOfTime(TrustedKey key, DateTimeOffset now)
    {
        string window = string.Join(", or ", key.Issuers.Select(issuer => (issuer.NotBefore, issuer.NotAfter) switch
        {
            ({ } start, { } end) => $"from {DenialText.Time(start)} to {DenialText.Time(end)}",
            ({ } start, null) => $"from {DenialText.Time(start)} on",
            (null, { } end) => $"until {DenialText.Time(end)}",
            _ => "always",
        }));
        return DenialText.Deny(
            DenialReason.UnknownIssuer,
            $"The permission is signed with a key of {DenialText.Quote(key.Name)} that is trusted {window}; it is {DenialText.Time(now)} here. " +
            "Ask for a permission that is signed with the present key, or set the clock.");
    }

    public static PermissionVerification UnknownKey(ImmutableArray<string> names)
    {
        string some = string.Join(", ", names.Take(3).Select(DenialText.Quote));
        string more = names.Length > 3 ? $" and {names.Length - 3} more" : string.Empty;
        return DenialText.Deny(
            DenialReason.UnknownIssuer,
            $"The permission is signed with a key that is not trusted here. Trusted are keys of {some}{more}. " +
            "Add the issuer's public key, if it is to be trusted.");
    }
}
