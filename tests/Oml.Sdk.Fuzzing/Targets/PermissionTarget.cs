using Oml.Sdk.Permissions;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>A permission as it is presented: envelope, signature, claims. A bad one is a result, never an exception.</summary>
internal sealed class PermissionTarget : FuzzTarget
{
    private static readonly CosePermissionVerifier Verifier = Create();

    public override string Name => "permission";

    public override void Decode(byte[] input) =>
        _ = Verifier.VerifyAsync(input, new PermissionContext(PermissionSeeds.Model)).AsTask().GetAwaiter().GetResult();

    public override IEnumerable<byte[]> Seeds() => PermissionSeeds.Tokens();

    private static CosePermissionVerifier Create()
    {
        CosePermissionVerifierOptions options = new();
        options.TrustedIssuers.Add(new TrustedIssuer(TestKeys.Issuer.PublicKey));
        return new CosePermissionVerifier(options);
    }
}
