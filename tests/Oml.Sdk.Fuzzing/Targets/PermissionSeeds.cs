using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.Fuzzing.Targets;

/// <summary>Permissions with every claim that there is.</summary>
internal static class PermissionSeeds
{
    public static ModelId Model { get; } = ModelId.Compute("model"u8);

    public static IEnumerable<byte[]> Tokens()
    {
        using ContentKey content = ContentKey.Generate();
        using LicenseeKey licensee = LicenseeKey.Create();
        using PermitChain chain = PermitChain.Create(16);
        using PossessionKey holder = PossessionKey.Create();
        InferenceInputs inputs = new InferenceInputs().Add("x", new float[4], 1, 4);
        PermissionRequest[] requests =
        [
            Request(),
            new() { Licensee = "l", Model = Model, Lifetime = Day, Audience = "app", Scopes = ["a", "b"], Quota = 5, Unit = MeteringUnit.Row, Use = PermissionUse.Resumable },
            new() { Licensee = "l", Model = Model, Lifetime = Day, Rate = new RateLimit(10, 60), OutputPolicy = OutputPolicy.KeepTop(3, 2), FingerprintId = 7 },
            new() { Licensee = "l", Model = Model, Lifetime = Day, InputDigest = InputDigest.Compute(inputs) },
            new() { Licensee = "l", Model = Model, Lifetime = Day, PermitChain = chain.Anchor },
            new() { Licensee = "l", Model = Model, Lifetime = Day, WrappedContentKey = content.WrapFor(licensee.PublicKey, Model) },
            new() { Licensee = "l", Model = Model, Lifetime = Day, Quota = 9, ConfirmationKey = holder.PublicKey },
        ];
        return [.. requests.Select(request => TestKeys.Issuer.Issue(request))];
    }

    private static TimeSpan Day => TimeSpan.FromDays(1);

    private static PermissionRequest Request() => new() { Licensee = "licensee", Model = Model, Lifetime = Day };
}
