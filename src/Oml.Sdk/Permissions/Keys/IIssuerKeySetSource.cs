namespace Oml.Sdk.Permissions;

/// <summary>The seam that says where an issuer's present keys are read from: a file, a web server, a registry.</summary>
/// <remarks>
/// <para>The contract, which <c>IssuerKeySetSourceContract</c> of Oml.Sdk.Testing checks:</para>
/// <list type="bullet">
/// <item><b>Trust</b>: whoever can change what it returns can issue permissions. It must know where its bytes come from: a file that
/// only the operator writes, or HTTPS with certificates that are checked.</item>
/// <item><b>All or nothing</b>: it returns a whole set or throws; what it throws is logged, and the last good set stays.</item>
/// <item><b>Every call reads anew</b>: whoever calls it decides how often, and calls it once at a time.</item>
/// <item><b>Cancellation</b>: it ends soon when it is cancelled. A load that does not is given up, and none is started before it has
/// ended.</item>
/// <item><b>Bounds</b>: it reads at most <see cref="IssuerKeySet.MaxBytes"/>.</item>
/// <item><b>Disposal</b>: whoever made it disposes what it uses, after the verifier's last call.</item>
/// </list>
/// <para><see cref="IssuerKeySetSource"/> makes the usual ones.</para>
/// </remarks>
public interface IIssuerKeySetSource
{
    /// <summary>Reads the keys that the issuer has now.</summary>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The set.</returns>
    ValueTask<IssuerKeySet> LoadAsync(CancellationToken cancellationToken = default);
}
