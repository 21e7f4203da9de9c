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

    /// <summary>How often an open session asks <see cref="RecheckAsync"/> whether its permission still holds.</summary>
    /// <param name="permission">A permission that this verifier has verified.</param>
    /// <returns>The time between two questions; <see cref="Timeout.InfiniteTimeSpan"/>, the default, where it holds until it ends.</returns>
    TimeSpan RecheckIntervalOf(Permission permission) => Timeout.InfiniteTimeSpan;

    /// <summary>Tells whether a permission that was verified still holds; its end is the session's to keep.</summary>
    /// <param name="permission">A permission that this verifier has verified.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The permission, or the reason why it holds no more; by default, it holds.</returns>
    ValueTask<PermissionVerification> RecheckAsync(Permission permission, CancellationToken cancellationToken = default) =>
        new(PermissionVerification.Permitted(permission));
}
