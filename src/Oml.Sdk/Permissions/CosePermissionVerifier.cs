using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.Cose;

namespace Oml.Sdk.Permissions;

/// <summary>Verifies permissions that are CWTs in COSE_Sign1 (RFC 8392, RFC 9052), in the one form of docs/spec/permission.md.</summary>
/// <remarks>
/// <para>It runs to its end on the calling thread, keeps nothing of a token, and never throws for what a token contains.</para>
/// <para><b>Threads</b>: any number of callers at once. <b>Ownership</b>: the token is copied before it is looked at, so that the
/// bytes that are checked are the bytes that are used; the caller may reuse its memory when the call has returned.</para>
/// <para><b>Cost</b>: a token over <see cref="CosePermissionVerifierOptions.MaxTokenBytes"/> costs nothing; any other, one signature
/// verification for it and for each permission that it was delegated from, and less than 8 times its length plus 32 KiB of garbage.</para>
/// </remarks>
public sealed class CosePermissionVerifier : IPermissionVerifier
{
    private readonly FrozenDictionary<KeyThumbprint, TrustedIssuer> _trusted;
    private readonly TimeSpan _clockSkew;
    private readonly TimeSpan _maxLifetime;
    private readonly int _maxTokenBytes;
    private readonly TimeProvider _timeProvider;

    /// <summary>Creates a verifier.</summary>
    /// <param name="options">Whom to trust and what to accept; a copy is taken.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, nobody is trusted, or one key is trusted under two names; the message says which.
    /// </exception>
    public CosePermissionVerifier(CosePermissionVerifierOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Dictionary<KeyThumbprint, TrustedIssuer> trusted = [];
        foreach (TrustedIssuer issuer in options.TrustedIssuers)
        {
            if (!trusted.TryAdd(issuer.Key.Thumbprint, issuer) && trusted[issuer.Key.Thumbprint].Name is var name && name != issuer.Name)
            {
                throw new ArgumentException(
                    $"The key {issuer.Key.DefaultIssuerName} is trusted under two names, {DenialText.Quote(name)} and " +
                    $"{DenialText.Quote(issuer.Name)}; a key has one.", nameof(options));
            }
        }

        _trusted = trusted.ToFrozenDictionary();
        _clockSkew = options.ClockSkew;
        _maxLifetime = options.MaxLifetime;
        _maxTokenBytes = options.MaxTokenBytes;
        _timeProvider = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    public ValueTask<PermissionVerification> VerifyAsync(
        ReadOnlyMemory<byte> token, PermissionContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<PermissionVerification>(cancellationToken);
        }

        if (token.Length > _maxTokenBytes)
        {
            return new(DenialText.Deny(
                DenialReason.TokenTooLarge, $"The token is {token.Length} bytes long; this application accepts {_maxTokenBytes}."));
        }

        try
        {
            return new(Verify(token.ToArray(), context, depth: 0));
        }
        catch (MalformedTokenException exception)
        {
            return new(DenialText.Deny(
                DenialReason.Malformed, $"The bytes are not a permission: {exception.Message}. Ask the issuer for the token again."));
        }
    }

    private PermissionVerification Verify(ReadOnlyMemory<byte> token, PermissionContext context, int depth)
    {
        TokenEnvelope envelope = TokenEnvelope.Read(token);
        if (!envelope.IsPermission)
        {
            return DenialText.Deny(DenialReason.WrongType, "The token is signed, but it is not a permission: its typ is another one.");
        }

        Permission? parent = null;
        if (!_trusted.TryGetValue(envelope.KeyId, out TrustedIssuer? issuer))
        {
            if (DelegationClaim.Find(envelope.Payload) is not { } parentToken)
            {
                return PermissionChecks.UnknownKey(_trusted);
            }

            // From the publisher's permission down, so that every key is known from what was verified with the one above it.
            PermissionVerification above = depth < DelegationClaim.MaxDepth
                ? Verify(parentToken, context, depth + 1)
                : DenialText.Deny(DenialReason.DelegationTooDeep, $"The permission was delegated more than {DelegationClaim.MaxDepth} times.");
            if (!above.IsPermitted)
            {
                return above;
            }

            parent = above.Permission;
            if (parent.ConfirmationKey is not { } key || key.Thumbprint != envelope.KeyId)
            {
                return PermissionChecks.NotDelegated(parent);
            }

            issuer = new TrustedIssuer(key);
        }

        if (envelope.Algorithm != (long)issuer.Key.Algorithm)
        {
            return DenialText.Deny(
                DenialReason.WrongAlgorithm,
                $"The token names another algorithm than {issuer.Key.Algorithm}, which its issuer's key is for.");
        }

        if (envelope.HasCriticalHeaders)
        {
            return DenialText.Deny(
                DenialReason.UnknownCriticalHeader,
                "The token demands that headers be understood which this version does not know. Update Oml.Sdk.");
        }

        if (envelope.SignatureBytes != issuer.Key.SignatureBytes)
        {
            throw new MalformedTokenException($"its signature is not {issuer.Key.SignatureBytes} bytes long");
        }

        return HasGoodSignature(token.Span, issuer.Key)
            ? VerifyClaims(envelope.Payload, issuer, parent, context)
            : DenialText.Deny(
                DenialReason.BadSignature,
                $"The signature is not that of {DenialText.Quote(issuer.Name)}: the token was changed, or another key signed it.");
    }

    private PermissionVerification VerifyClaims(ReadOnlyMemory<byte> payload, TrustedIssuer issuer, Permission? parent, PermissionContext context)
    {
        PermissionClaims claims = PermissionClaimsReader.Read(payload);
        Permission permission = claims.ToPermission(parent);
        return PermissionChecks.Issuer(permission, issuer)
            ?? PermissionChecks.Model(permission, context)
            ?? PermissionChecks.Audience(permission, context)
            ?? PermissionChecks.Time(permission, _timeProvider.GetUtcNow(), _clockSkew, _maxLifetime)
            ?? PermissionChecks.Scopes(permission, context)
            ?? PermissionChecks.Unsupported(claims, permission)
            ?? (parent is null ? null : PermissionNarrowing.Check(parent, permission))
            ?? PermissionVerification.Permitted(permission);
    }

    private static bool HasGoodSignature(ReadOnlySpan<byte> token, IssuerPublicKey key)
    {
        try
        {
            return key.Verify(CoseMessage.DecodeSign1(token));
        }
        catch (CryptographicException)
        {
            // Whatever the platform cannot check is not checked.
            return false;
        }
    }
}
