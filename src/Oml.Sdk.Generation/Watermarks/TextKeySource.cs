using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Generation.Watermarks;

/// <summary>Where the key of a licensee comes from: the publisher's key and the permission, or the licensee's own.</summary>
internal readonly struct TextKeySource
{
    private readonly FingerprintKey? _publisher;
    private readonly TextKey? _licensee;

    public TextKeySource(FingerprintKey publisher)
    {
        ArgumentNullException.ThrowIfNull(publisher);
        _publisher = publisher;
    }

    public TextKeySource(TextKey licensee)
    {
        ArgumentNullException.ThrowIfNull(licensee);
        _licensee = licensee;
    }

    /// <summary>Makes something of the key, which does not outlive the call unless it is the caller's.</summary>
    public T With<T>(Permission permission, Func<TextKey, T> use)
    {
        if (_licensee is not null)
        {
            return use(_licensee);
        }

        using TextKey derived = _publisher!.DeriveTextKey(new FingerprintSubject(permission.Model, permission.FingerprintId));
        return use(derived);
    }
}
