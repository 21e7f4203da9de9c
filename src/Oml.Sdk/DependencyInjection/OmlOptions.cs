using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.DependencyInjection;

/// <summary>A model in a hosted service. Bound from configuration or set in code; validated at host start.</summary>
public sealed class OmlOptions : IValidatableObject
{
    /// <summary>The path of the plain ONNX file. Not needed when code sets the model with <see cref="OmlServiceBuilder.ConfigureModel"/>.</summary>
    /// <value>The default is null.</value>
    public string? ModelPath { get; set; }

    /// <summary>The path of a sealed model, instead of <see cref="ModelPath"/>. <see cref="OmlServiceBuilder.UseContentKeys"/> says where its key comes from.</summary>
    /// <value>The default is null.</value>
    public string? SealedModelPath { get; set; }

    /// <summary>Whether a sealed model is closed, and its memory cleared, when its last session has ended.</summary>
    /// <value>The default is false.</value>
    public bool CloseWhenUnused { get; set; }

    /// <summary>The issuers whose permissions are accepted.</summary>
    /// <value>The default is none; at least one is needed unless code sets a verifier.</value>
    [ValidateEnumeratedItems]
    public IList<TrustedIssuerOptions> TrustedIssuers { get; } = [];

    /// <summary>The name of this application: a permission that names an audience must name this one.</summary>
    /// <value>The default is null: only permissions that name no audience are accepted.</value>
    public string? Audience { get; set; }

    /// <summary>Scopes that every permission must have.</summary>
    /// <value>The default is none.</value>
    public IList<string> RequiredScopes { get; } = [];

    /// <summary>How far this machine's clock and an issuer's may differ. 0 to 10 minutes.</summary>
    /// <value>The default is one minute.</value>
    public TimeSpan ClockSkew { get; set; } = CosePermissionVerifierOptions.DefaultClockSkew;

    /// <summary>Whether the model is loaded and run once before the host takes traffic, so that no caller waits for it.</summary>
    /// <value>The default is true.</value>
    public bool WarmUp { get; set; } = true;

    /// <summary>Refuses values that are empty or out of range.</summary>
    /// <param name="validationContext">Not used.</param>
    /// <returns>What is wrong, if anything is.</returns>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ModelPath is { Length: 0 })
        {
            yield return new ValidationResult($"{nameof(ModelPath)} is empty; give the path of an ONNX file.", [nameof(ModelPath)]);
        }

        if (SealedModelPath is { Length: 0 })
        {
            yield return new ValidationResult(
                $"{nameof(SealedModelPath)} is empty; give the path of a sealed model.", [nameof(SealedModelPath)]);
        }

        if (ModelPath is not null && SealedModelPath is not null)
        {
            yield return new ValidationResult(
                $"There are a {nameof(ModelPath)} and a {nameof(SealedModelPath)}; a model comes from one of them.",
                [nameof(ModelPath), nameof(SealedModelPath)]);
        }

        if (RequiredScopes.Any(string.IsNullOrEmpty))
        {
            yield return new ValidationResult(
                $"{nameof(RequiredScopes)} has an empty scope, which no permission can have.", [nameof(RequiredScopes)]);
        }

        if (Audience is { Length: 0 })
        {
            yield return new ValidationResult($"{nameof(Audience)} is empty; leave it out or name this application.", [nameof(Audience)]);
        }

        if (ClockSkew < TimeSpan.Zero || ClockSkew > CosePermissionVerifierOptions.GreatestClockSkew)
        {
            yield return new ValidationResult(
                $"{nameof(ClockSkew)} must be between 0 and {CosePermissionVerifierOptions.GreatestClockSkew}; it is {ClockSkew}.",
                [nameof(ClockSkew)]);
        }

        foreach (IGrouping<string, string?> key in TrustedIssuers.Where(issuer => issuer.TryReadKey() is not null)
            .GroupBy(issuer => issuer.TryReadKey()!.DefaultIssuerName, issuer => issuer.Name ?? issuer.TryReadKey()!.DefaultIssuerName)
            .Where(key => key.Distinct(StringComparer.Ordinal).Count() > 1))
        {
            yield return new ValidationResult(
                $"The key {key.Key} is trusted under several names: {string.Join(", ", key)}; a key has one.", [nameof(TrustedIssuers)]);
        }
    }
}
