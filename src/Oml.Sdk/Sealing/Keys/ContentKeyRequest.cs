using Oml.Sdk.Permissions;

namespace Oml.Sdk.Sealing;

/// <summary>Whose content key is asked for, and under which permission. Immutable and thread-safe.</summary>
public sealed class ContentKeyRequest
{
    /// <summary>Creates a request.</summary>
    /// <param name="model">The sealed model.</param>
    /// <param name="permission">The verified permission under which it is opened; it may carry the wrapped key.</param>
    public ContentKeyRequest(ModelId model, Permission permission)
    {
        ArgumentNullException.ThrowIfNull(permission);
        Model = model;
        Permission = permission;
    }

    /// <summary>The sealed model.</summary>
    public ModelId Model { get; }

    /// <summary>The verified permission under which it is opened.</summary>
    public Permission Permission { get; }
}
