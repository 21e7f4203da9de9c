namespace Oml.Sdk.Permissions;

/// <summary>A public key as a set holds it: with what the set says of it.</summary>
internal sealed record ParsedKey(IssuerPublicKey Key)
{
    /// <summary>The <c>kid</c> in a form that can be compared; null for none.</summary>
    public string? Id { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? NotAfter { get; init; }
}
