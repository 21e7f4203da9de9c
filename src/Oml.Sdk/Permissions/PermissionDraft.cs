using System.Collections.Immutable;

namespace Oml.Sdk.Permissions;

/// <summary>A request that was checked, in the units of the claims.</summary>
internal sealed record PermissionDraft
{
    public required PermissionRequest Request { get; init; }

    public required long IssuedAt { get; init; }

    public required long ExpiresAt { get; init; }

    public required long? NotBefore { get; init; }

    /// <summary>UTF-8, sorted bytewise, without repetitions.</summary>
    public required ImmutableArray<byte[]> Scopes { get; init; }

    /// <summary>UTF-8, sorted bytewise, without repetitions.</summary>
    public required ImmutableArray<byte[]> Features { get; init; }

    public required long GraceSeconds { get; init; }

    public required ulong FingerprintId { get; init; }

    public required PermissionNonce Nonce { get; init; }

    /// <summary>Checks a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="now">The time at which it is issued.</param>
    /// <exception cref="ArgumentException">The request breaks a rule; the message says which and what is allowed.</exception>
    public static PermissionDraft Create(PermissionRequest request, DateTimeOffset now)
    {
        long issuedAt = now.ToUnixTimeSeconds();
        if (issuedAt < 0)
        {
            throw new InvalidOperationException($"The clock says {now:u}, before 1970: set it before permissions are issued.");
        }

        ClaimText.Check(request.Licensee, PermissionLimits.MaxLicenseeBytes, "The licensee", nameof(request));
        if (request.Audience is not null)
        {
            ClaimText.Check(request.Audience, PermissionLimits.MaxAudienceBytes, "The audience", nameof(request));
        }

        Require(request.Quota is null or (>= 1 and <= PermissionLimits.MaxQuota), $"The quota must be 1 to 2^53; it is {request.Quota}.");
        Require(
            request.Quota is null || request.PermitChain is null,
            "Give Quota or PermitChain, not both: the length of the chain is how many units there are.");
        Require(
            request.ConfirmationKey is null or { Algorithm: PermissionAlgorithm.ES256 },
            $"The confirmation key must be an ES256 key; it is {request.ConfirmationKey?.Algorithm}.");
        Require(Enum.IsDefined(request.Unit), $"The unit {request.Unit} does not exist.");
        Require(Enum.IsDefined(request.Use), $"The use {request.Use} does not exist.");
        ulong fingerprintId = request.FingerprintId ?? FingerprintIds.FromLicensee(request.Licensee);
        Require(fingerprintId <= PermissionLimits.MaxFingerprintId, "The fingerprint id must be below 2^63.");
        Require(
            request.WrappedContentKey is null or { Length: PermissionLimits.WrappedContentKeyBytes },
            $"A wrapped content key is {PermissionLimits.WrappedContentKeyBytes} bytes long; it is {request.WrappedContentKey?.Length}.");

        Require(
            request.Grace >= TimeSpan.Zero && request.Grace.TotalSeconds <= PermissionLimits.MaxGraceSeconds,
            $"The grace must be 0 to 30 days; it is {request.Grace}.");

        long expiresAt = ExpiryOf(request, issuedAt);
        long? notBefore = NotBeforeOf(request);
        Require(notBefore is null || notBefore < expiresAt, "The permission would start when it has ended: NotBefore must be earlier.");
        return new()
        {
            Request = request,
            IssuedAt = issuedAt,
            ExpiresAt = expiresAt,
            NotBefore = notBefore,
            Scopes = Sorted(request.Scopes, "scope", PermissionLimits.MaxScopes, PermissionLimits.MaxScopeBytes),
            Features = Sorted(request.Features, "feature", PermissionLimits.MaxFeatures, PermissionLimits.MaxFeatureBytes),
            GraceSeconds = request.Grace.Ticks / TimeSpan.TicksPerSecond,
            FingerprintId = fingerprintId,
            Nonce = request.Nonce ?? PermissionNonce.CreateRandom(),
        };
    }

    private static long ExpiryOf(PermissionRequest request, long issuedAt)
    {
        long expiresAt;
        if (request.Lifetime is { } lifetime)
        {
            Require(request.ExpiresAt is null, "Give Lifetime or ExpiresAt, not both.");
            expiresAt = issuedAt + (lifetime.Ticks / TimeSpan.TicksPerSecond);
            Require(lifetime >= TimeSpan.FromSeconds(1), $"The lifetime must be at least 1 second; it is {lifetime}.");
            Require(expiresAt <= PermissionLimits.MaxUnixSeconds, "The permission would end after the year 9999.");
            return expiresAt;
        }

        Require(request.ExpiresAt is not null, "Give Lifetime or ExpiresAt: a permission has an end.");
        expiresAt = request.ExpiresAt!.Value.ToUnixTimeSeconds();
        Require(expiresAt > issuedAt, $"The permission would have ended already, at {request.ExpiresAt:u}.");
        return expiresAt;
    }

    private static long? NotBeforeOf(PermissionRequest request)
    {
        if (request.NotBefore is not { } notBefore)
        {
            return null;
        }

        Require(notBefore >= DateTimeOffset.UnixEpoch, "NotBefore must not be before 1970.");
        long seconds = notBefore.ToUnixTimeSeconds();
        return notBefore.UtcTicks % TimeSpan.TicksPerSecond == 0 ? seconds : seconds + 1;
    }

    private static ImmutableArray<byte[]> Sorted(ImmutableArray<string> texts, string what, int most, int mostBytes)
    {
        if (texts.IsDefaultOrEmpty)
        {
            return [];
        }

        SortedSet<byte[]> sorted = new(Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)));
        foreach (string text in texts)
        {
            ClaimText.Check(text, mostBytes, $"A {what}", "request");
            sorted.Add(ClaimText.GetBytes(text));
        }

        Require(sorted.Count <= most, $"A permission has at most {most} {what}s; there are {sorted.Count}.");
        return [.. sorted];
    }

    private static void Require(bool condition, string message, string parameterName = "request")
    {
        if (!condition)
        {
            throw new ArgumentException(message, parameterName);
        }
    }
}
