using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Support;

/// <summary>A source of keys that counts its loads and does what the test says.</summary>
internal sealed class ScriptedKeySource : IIssuerKeySetSource
{
    private int _loads;

    public int Loads => Volatile.Read(ref _loads);

    /// <summary>What a load gives; called each time.</summary>
    public Func<CancellationToken, ValueTask<IssuerKeySet>> Load { get; set; } = _ => throw new IOException("the server is away");

    public static IssuerKeySet Set(params PermissionIssuer[] issuers) => new(issuers.Select(issuer => new IssuerSetKey(issuer.PublicKey)));

    public void Has(params PermissionIssuer[] issuers)
    {
        IssuerKeySet set = Set(issuers);
        Load = _ => new(set);
    }

    public ValueTask<IssuerKeySet> LoadAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _loads);
        return Load(cancellationToken);
    }
}
