namespace Oml.Sdk.Permissions;

/// <summary>Why a use was refused. The numbers are stable and never reused.</summary>
public enum DenialReason
{
    /// <summary>It was not refused.</summary>
    None = 0,

    /// <summary>The token is larger than the limit.</summary>
    TokenTooLarge = 1,

    /// <summary>The token is not in the one form that the specification allows: truncated, padded, mistyped or not canonical.</summary>
    Malformed = 2,

    /// <summary>The token is a COSE message, but its <c>typ</c> is not that of a permission.</summary>
    WrongType = 3,

    /// <summary>No trusted issuer has the key that the token names, or the key belongs to another issuer than the token says.</summary>
    UnknownIssuer = 4,

    /// <summary>The algorithm in the token is not the one that its issuer's key is pinned to.</summary>
    WrongAlgorithm = 5,

    /// <summary>The token demands a header that this version does not understand.</summary>
    UnknownCriticalHeader = 6,

    /// <summary>The signature does not verify: the token was changed or another key signed it.</summary>
    BadSignature = 7,

    /// <summary>The permission is for another model.</summary>
    WrongModel = 8,

    /// <summary>The permission is for another application.</summary>
    WrongAudience = 9,

    /// <summary>The permission is not valid yet.</summary>
    NotYetValid = 10,

    /// <summary>The permission has expired.</summary>
    Expired = 11,

    /// <summary>The permission's lifetime is longer than the application accepts.</summary>
    LifetimeTooLong = 12,

    /// <summary>The permission lacks a scope that the application demands.</summary>
    MissingScope = 13,

    /// <summary>The permission restricts its use in a way that this version cannot enforce, so it is refused.</summary>
    UnsupportedRestriction = 14,

    /// <summary>The permission was used up by an earlier presentation.</summary>
    Replayed = 15,

    /// <summary>Every unit of the permission's quota is spent or reserved.</summary>
    QuotaExhausted = 16,

    /// <summary>The permission is good for one input, and this is another one.</summary>
    InputMismatch = 17,

    /// <summary>The permission restricts outputs, and the model has outputs that cannot be restricted: they are not Float32.</summary>
    UnrestrictableOutput = 18,

    /// <summary>What was shown as a payment is not the preimage of that unit of the permission's permit chain.</summary>
    BadPreimage = 19,

    /// <summary>The units that were paid with preimages of the permission's permit chain are spent.</summary>
    PaymentRequired = 20,

    /// <summary>The units are used faster than the permission allows; <see cref="PermissionDeniedException.RetryAfter"/> says when to try again.</summary>
    RateLimited = 21,

    /// <summary>The permission names a key, and nothing was presented that proves that the presenter holds it.</summary>
    ProofMissing = 22,

    /// <summary>What was presented does not prove that the presenter holds the key that the permission names.</summary>
    BadProof = 23,

    /// <summary>The permission was delegated more often than is allowed.</summary>
    DelegationTooDeep = 24,

    /// <summary>The permission was delegated, and the one that it comes from does not allow that.</summary>
    NotDelegable = 25,

    /// <summary>The permission was delegated for a longer time than the one that it comes from holds.</summary>
    WidenedTime = 26,

    /// <summary>The permission was delegated with more scopes than the one that it comes from has.</summary>
    WidenedScopes = 27,

    /// <summary>The permission was delegated with more units, or others, than the one that it comes from has.</summary>
    WidenedQuota = 28,

    /// <summary>The permission was delegated for other inputs than the one that it comes from is good for.</summary>
    WidenedInput = 29,

    /// <summary>The clock says an earlier time than the usage ledger was told before: it was set back.</summary>
    ClockSetBack = 30,

    /// <summary>The permission was delegated to let more of the outputs through than the one that it comes from.</summary>
    WidenedOutput = 31,

    /// <summary>The permission was delegated to anybody, or for another application or fingerprint than the one that it comes from.</summary>
    WidenedHolder = 32,

    /// <summary>The issuer has revoked the permission, or the one that it was delegated from.</summary>
    Revoked = 33,

    /// <summary>The issuer has suspended the permission, or the one that it was delegated from, for now.</summary>
    Suspended = 34,

    /// <summary>Whether the permission still holds cannot be told: its status list cannot be had, has ended or is not its issuer's.</summary>
    StatusUnknown = 35,

    /// <summary>The delegated permission has more features than the one that it comes from, or is not for trying out as that is.</summary>
    WidenedFeatures = 36,
}
