using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Oml.Sdk.Permissions.Revocation;

namespace Oml.Sdk.Permissions;

/// <summary>Verifies permissions that are CWTs in COSE_Sign1 (RFC 8392, RFC 9052), in the one form of docs/spec/permission.md.</summary>
/// <remarks>
/// <para>It keeps nothing of a token, and never throws for what a token contains. It runs to its end on the calling thread, except when it waits for
/// the keys of a <see cref="TrustedIssuerSource"/> or for the status list that a permission names.</para>
/// <para><b>Threads</b>: any number of callers at once. <b>Ownership</b>: the token is copied before it is looked at, so that the
/// bytes that are checked are the bytes that are used; the caller may reuse its memory when the call has returned.</para>
/// <para><b>Cost</b>: a token over <see cref="CosePermissionVerifierOptions.MaxTokenBytes"/> costs nothing; any other, one signature
/// verification for it and for each permission that it was delegated from, and less than 8 times its length plus 32 KiB of garbage.</para>
/// </remarks>
public sealed class CosePermissionVerifier : IPermissionVerifier
{
    private readonly IssuerKeyRing _ring;
    private readonly TimeSpan _clockSkew;
    private readonly TimeSpan _maxLifetime;
    private readonly int _maxTokenBytes;
    private readonly TimeProvider _timeProvider;
    private readonly StatusListCache? _statusLists;

    /// <summary>Creates a verifier.</summary>
    /// <param name="options">Whom to trust and what to accept; a copy is taken.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <param name="loggerFactory">Where loads of issuers' keys are logged; null for nowhere.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, nobody is trusted, or one key is trusted under two names; the message says which.
    /// </exception>
    public CosePermissionVerifier(
        CosePermissionVerifierOptions options, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Dictionary<KeyThumbprint, string> names = [];
        foreach (TrustedIssuer issuer in options.TrustedIssuers)
        {
            if (!names.TryAdd(issuer.Key.Thumbprint, issuer.Name) && names[issuer.Key.Thumbprint] is var name && name != issuer.Name)
            {
                throw new ArgumentException(
                    $"The key {issuer.Key.DefaultIssuerName} is trusted under two names, {DenialText.Quote(name)} and " +
                    $"{DenialText.Quote(issuer.Name)}; a key has one.", nameof(options));
            }
        }

        _clockSkew = options.ClockSkew;
        _maxLifetime = options.MaxLifetime;
        _maxTokenBytes = options.MaxTokenBytes;
        _timeProvider = timeProvider ?? TimeProvider.System;
        ILogger logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<CosePermissionVerifier>();
        _ring = new(options.TrustedIssuers, options.TrustedIssuerSources, _timeProvider, logger);
        _statusLists = options.StatusLists is { } source
            ? new StatusListCache(source, options.StatusListOptions.Copy(), _ring, _clockSkew, _timeProvider)
            : null;
    }

    /// <summary>The keys that are trusted now.</summary>
    internal IEnumerable<IssuerPublicKey> PresentKeys
    {
        get
        {
            DateTimeOffset now = _timeProvider.GetUtcNow();
            return _ring.Current.All.Where(key => key.IsTrustedAt(now, _clockSkew)).Select(key => key.Key);
        }
    }

    /// <summary>Loads the keys of every <see cref="TrustedIssuerSource"/> now, e.g. at the start, or when a publisher says that they changed.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>When the new keys are trusted and those that were removed no longer are.</returns>
    /// <exception cref="IssuerKeySetException">Keys could not be loaded; the last good ones stay.</exception>
    public Task RefreshIssuersAsync(CancellationToken cancellationToken = default) => _ring.LoadAllAsync(allMustSucceed: true, cancellationToken);

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

        byte[] copy = token.ToArray();
        if (_ring.LoadDue() is { } due)
        {
            return new(VerifyAfterAsync(due, copy, context, cancellationToken));
        }

        PermissionVerification result = Verify(copy, context, out string? issuer);
        return issuer is not null && _ring.LoadForUnknownKey(issuer) is { } load
            ? new(VerifyAfterAsync(load, copy, context, cancellationToken))
            : HasStatus(result.Permission) ? CheckStatusAsync(result, cancellationToken) : new(result);
    }

    /// <inheritdoc/>
    /// <remarks><see cref="StatusListOptions.SessionInterval"/> for a permission with a status, or with a parent that has one.</remarks>
    public TimeSpan RecheckIntervalOf(Permission permission)
    {
        ArgumentNullException.ThrowIfNull(permission);
        return _statusLists is not null && HasStatus(permission) ? _statusLists.SessionInterval : Timeout.InfiniteTimeSpan;
    }

    /// <inheritdoc/>
    /// <remarks>Looks at the status of the permission and of its parents.</remarks>
    public ValueTask<PermissionVerification> RecheckAsync(Permission permission, CancellationToken cancellationToken = default) =>
        CheckStatusAsync(PermissionVerification.Permitted(permission), cancellationToken);

    /// <summary>Loads the keys of issuers that have none yet.</summary>
    /// <exception cref="IssuerKeySetException">An issuer is left without keys.</exception>
    internal Task LoadIssuersAsync(CancellationToken cancellationToken) => _ring.LoadAllAsync(allMustSucceed: false, cancellationToken);

    private async Task<PermissionVerification> VerifyAfterAsync(
        Task load, byte[] token, PermissionContext context, CancellationToken cancellationToken)
    {
        await load.WaitAsync(cancellationToken).ConfigureAwait(false);
        PermissionVerification result = Verify(token, context, out string? issuer);

        // What was loaded may be another issuer's keys. A source that was just asked is not asked again.
        if (issuer is not null && _ring.LoadForUnknownKey(issuer) is { } again)
        {
            await again.WaitAsync(cancellationToken).ConfigureAwait(false);
            result = Verify(token, context, out _);
        }

        return HasStatus(result.Permission) ? await CheckStatusAsync(result, cancellationToken).ConfigureAwait(false) : result;
    }

    private static bool HasStatus(Permission? permission)
    {
        for (; permission is not null; permission = permission.Parent)
        {
            if (permission.Status is not null)
            {
                return true;
            }
        }

        return false;
    }

    // Of a permission and of all that it was delegated from. What this version would pass over is refused where claims are checked.
    private async ValueTask<PermissionVerification> CheckStatusAsync(PermissionVerification result, CancellationToken cancellationToken)
    {
        for (Permission? permission = result.Permission; permission is not null; permission = permission.Parent)
        {
            if (permission.Status is null)
            {
                continue;
            }

            PermissionVerification? refused = _statusLists is null
                ? StatusChecks.Unknown(permission, "this application was not told where to find status lists")
                : await _statusLists.CheckAsync(permission, cancellationToken).ConfigureAwait(false);
            if (refused is not null)
            {
                return refused;
            }
        }

        return result;
    }

    private PermissionVerification Verify(byte[] token, PermissionContext context, out string? unknownIssuer)
    {
        unknownIssuer = null;
        try
        {
            return Verify(token, context, new(_ring.Current, _timeProvider.GetUtcNow()), depth: 0, ref unknownIssuer);
        }
        catch (MalformedTokenException exception)
        {
            return DenialText.Deny(
                DenialReason.Malformed, $"The bytes are not a permission: {exception.Message}. Ask the issuer for the token again.");
        }
    }

    /// <param name="token">The token, or that of a parent in it.</param>
    /// <param name="context">What it is to permit.</param>
    /// <param name="moment">The keys and the time, the same for a token and its parents.</param>
    /// <param name="depth">How many tokens this one was found in.</param>
    /// <param name="unknownIssuer">Who a token with an unknown key says that it is of, where that may be found out; nobody has checked that.</param>
    private PermissionVerification Verify(
        ReadOnlyMemory<byte> token, PermissionContext context, in Moment moment, int depth, ref string? unknownIssuer)
    {
        TokenEnvelope envelope = TokenEnvelope.Read(token);
        if (!envelope.IsPermission)
        {
            return DenialText.Deny(DenialReason.WrongType, "The token is signed, but it is not a permission: its typ is another one.");
        }

        Permission? parent = null;
        TrustedKey? trusted = moment.Keys.Find(envelope.KeyId);
        if (trusted is null)
        {
            if (DelegationClaim.Find(envelope.Payload) is not { } parentToken)
            {
                unknownIssuer = _ring.HasSources ? IssuerClaim.Find(envelope.Payload) : null;
                return PermissionChecks.UnknownKey(moment.Keys.Names);
            }

            // From the publisher's permission down, so that every key is known from what was verified with the one above it.
            PermissionVerification above = depth < DelegationClaim.MaxDepth
                ? Verify(parentToken, context, moment, depth + 1, ref unknownIssuer)
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

            trusted = new(key, [new TrustedIssuer(key)]);
        }

        if (!trusted.IsTrustedAt(moment.Now, _clockSkew))
        {
            return PermissionChecks.KeyOutOfTime(trusted, moment.Now);
        }

        if (envelope.Algorithm != (long)trusted.Key.Algorithm)
        {
            return DenialText.Deny(
                DenialReason.WrongAlgorithm,
                $"The token names another algorithm than {trusted.Key.Algorithm}, which its issuer's key is for.");
        }

        if (envelope.HasCriticalHeaders)
        {
            return DenialText.Deny(
                DenialReason.UnknownCriticalHeader,
                "The token demands that headers be understood which this version does not know. Update Oml.Sdk.");
        }

        if (envelope.SignatureBytes != trusted.Key.SignatureBytes)
        {
            throw new MalformedTokenException($"its signature is not {trusted.Key.SignatureBytes} bytes long");
        }

        return HasGoodSignature(token.Span, trusted.Key)
            ? VerifyClaims(envelope.Payload, trusted, parent, context, moment.Now)
            : DenialText.Deny(
                DenialReason.BadSignature,
                $"The signature is not that of {DenialText.Quote(trusted.Name)}: the token was changed, or another key signed it.");
    }

    private PermissionVerification VerifyClaims(
        ReadOnlyMemory<byte> payload, TrustedKey key, Permission? parent, PermissionContext context, DateTimeOffset now)
    {
        PermissionClaims claims = PermissionClaimsReader.Read(payload);
        Permission permission = claims.ToPermission(parent);
        return PermissionChecks.Issuer(permission, key, now, _clockSkew)
            ?? PermissionChecks.Model(permission, context)
            ?? PermissionChecks.Audience(permission, context)
            ?? PermissionChecks.Time(permission, now, _clockSkew, _maxLifetime)
            ?? PermissionChecks.Scopes(permission, context)
            ?? PermissionChecks.Unsupported(claims, permission)
            ?? (parent is null ? null : PermissionNarrowing.Check(parent, permission))
            ?? PermissionVerification.Permitted(permission);
    }

    /// <summary>Whether a COSE_Sign1, of which nothing else is looked at, has a signature of a key.</summary>
    internal static bool HasGoodSignature(ReadOnlySpan<byte> token, IssuerPublicKey key)
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

    private readonly record struct Moment(TrustedKeys Keys, DateTimeOffset Now);
}
