using System.Collections.Immutable;

namespace Oml.Sdk.Permissions;

/// <summary>What a permission is to permit. Immutable and thread-safe.</summary>
public sealed class PermissionContext
{
    /// <summary>Creates a context.</summary>
    /// <param name="model">The model that is to run.</param>
    /// <param name="audience">The name of this application; a permission that names an audience must name this one. Null for none.</param>
    /// <param name="requiredScopes">Scopes that the permission must have, all of them.</param>
    /// <exception cref="ArgumentException">A scope is null or empty: no permission could have it.</exception>
    public PermissionContext(ModelId model, string? audience = null, params IEnumerable<string> requiredScopes)
    {
        ArgumentNullException.ThrowIfNull(requiredScopes);
        Model = model;
        Audience = audience;
        RequiredScopes = [.. requiredScopes];
        if (RequiredScopes.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A required scope is null or empty: no permission could have it.", nameof(requiredScopes));
        }
    }

    /// <summary>The model that is to run.</summary>
    public ModelId Model { get; }

    /// <summary>The name of this application, or null.</summary>
    public string? Audience { get; }

    /// <summary>Scopes that the permission must have, all of them.</summary>
    public ImmutableArray<string> RequiredScopes { get; }
}
