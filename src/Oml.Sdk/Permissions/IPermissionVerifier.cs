namespace Oml.Sdk.Permissions;

/// <summary>The seam that decides whether a token permits a use: bytes and context in, a result with a reason out.</summary>
/// <remarks>
/// <para>The contract, which <c>PermissionVerifierContract</c> of Oml.Sdk.Testing checks:</para>
/// <list type="bullet">
/// <item><b>A bad proof is a result, a wrong call is an exception.</b> Whatever the bytes are, a verifier returns; it throws
/// only for a null argument, for a cancelled call, or when something that it needs cannot be reached.</item>
/// <item><b>Fail closed</b>: what it does not understand, it refuses.</item>
/// <item><b>Pure</b>: it changes nothing. Replay and quota belong to the usage ledger, which the facade asks afterwards.</item>
/// <item><b>Threads</b>: any number of callers at once.</item>
/// <item><b>Cost</b>: what it allocates is bounded by a documented cap, whatever the bytes are.</item>
/// </list>
/// </remarks>
public interface IPermissionVerifier
{
    /// <summary>Verifies a token.</summary>
    /// <param name="token">The bytes as they were received.</param>
    /// <param name="context">What the token is to permit.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The permission, or the reason why there is none.</returns>
    ValueTask<PermissionVerification> VerifyAsync(
        ReadOnlyMemory<byte> token, PermissionContext context, CancellationToken cancellationToken = default);
}
