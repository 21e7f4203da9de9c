using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>Permissions that a licensee passed on, rightly and wrongly. The licensee's key is the one that no verifier trusts.</summary>
internal static class DelegationVectors
{
    private static readonly TestKey Licensee = TestKey.Stranger;
    private static readonly byte[] Nobody = new byte[32];

    public static IEnumerable<PermissionVector> Create(TokenForge minimal)
    {
        TokenForge root = minimal.WithClaim(8, Confirmation(Licensee)).WithClaim(-65541, Cbor.Int(2));
        TokenForge child = Child(root);
        yield return Good("delegated", "Passed on for the same, to another key.", child);
        yield return Good("delegated-narrower", "Less of everything.", Child(
            root.WithClaim(-65539, Cbor.Int(10)).WithClaim(-65545, Cbor.Bytes(Nobody)).WithClaim(-65544, Policy((1, 5), (3, 3))).WithClaim(-65538, Scopes("export", TokenForge.Scope)))
            .WithClaim(-65539, Cbor.Int(9)).WithClaim(-65545, Cbor.Bytes(Nobody)).WithClaim(-65544, Policy((2, 1))).WithClaim(4, Cbor.Int(TokenForge.ExpiresAt - 1)));

        yield return Bad("delegated-by-another-key", DenialReason.UnknownIssuer, "The key that signed is not the one that the parent names.", Child(root.WithClaim(8, Confirmation(TestKey.P256))));
        yield return Bad("delegated-iss-of-another", DenialReason.UnknownIssuer, "iss is not the URI of the key.", child.WithClaim(1, Cbor.Text(TokenForge.Issuer)));
        yield return Bad("delegated-parent-untrusted", DenialReason.UnknownIssuer, "The parent is signed by nobody who is trusted.", child.WithClaim(-65551, Cbor.Bytes(root.WithHeader(4, Cbor.Bytes(Nobody)).Build(TestKey.P256))));
        yield return Bad("delegated-parent-of-itself", DenialReason.UnknownIssuer, "The parent is signed with the licensee's key and comes from nothing.", child.WithClaim(-65551, Cbor.Bytes(root.WithHeader(4, Cbor.Bytes(Licensee.PublicKey.KeyId.ToArray())).Build(Licensee))));
        yield return Bad("delegated-parent-changed", DenialReason.BadSignature, "The parent's signature is not its own.", child.WithClaim(-65551, Cbor.Bytes([.. root.Build(TestKey.P256)[..^1], 0])));
        yield return Bad("delegated-parent-malformed", DenialReason.Malformed, "The parent is no token.", child.WithClaim(-65551, Cbor.Bytes(1, 2, 3)));
        yield return Bad("delegated-parent-expired", DenialReason.Expired, "The parent has ended.", Child(root.WithClaim(4, Cbor.Int(TokenForge.IssuedAt + 500))));
        yield return Bad("delegated-parent-of-another-model", DenialReason.WrongModel, "The parent is for another model.", Child(root.WithClaim(-65537, Cbor.Bytes(Nobody))));
        yield return Bad("delegated-bad-signature", DenialReason.BadSignature, "The licensee's signature is another one's.", child with { SignatureItem = Cbor.Bytes(TestKey.P256.Sign([1])) });
        yield return Bad("delegated-alg", DenialReason.WrongAlgorithm, "Another algorithm than the licensee's key.", child.WithHeader(1, Cbor.Int(-35)));
        yield return Bad("delegated-unknown-claim", DenialReason.UnsupportedRestriction, "A claim of a later version.", child.WithClaim(-65552, Cbor.Int(1)));
        yield return Bad("delegated-no-key", DenialReason.NotDelegable, "The parent names no key.", Child(root.WithoutClaim(8)));
        yield return Bad("delegated-single-session", DenialReason.NotDelegable, "The parent is good for one session.", Child(root.WithoutClaim(-65541)));
        yield return Bad("delegated-rate", DenialReason.NotDelegable, "The parent has a rate limit.", Child(root.WithClaim(-65543, Cbor.Array(Cbor.Int(1), Cbor.Int(1)))));
        yield return Bad("delegated-chain", DenialReason.NotDelegable, "The parent has a permit chain.", Child(root.WithClaim(-65546, Cbor.Array(Cbor.Bytes(Nobody), Cbor.Int(1)))));
        yield return Bad("delegated-later-end", DenialReason.WidenedTime, "One second longer.", child.WithClaim(4, Cbor.Int(TokenForge.ExpiresAt + 1)));
        yield return Bad("delegated-earlier-start", DenialReason.WidenedTime, "One second earlier.", Child(root.WithClaim(5, Cbor.Int(TokenForge.IssuedAt + 1))));
        yield return Bad("delegated-more-scopes", DenialReason.WidenedScopes, "One scope more.", child.WithClaim(-65538, Scopes("export", TokenForge.Scope)));
        TokenForge limited = Child(root.WithClaim(-65539, Cbor.Int(10)));
        yield return Bad("delegated-larger-quota", DenialReason.WidenedQuota, "One unit more.", limited.WithClaim(-65539, Cbor.Int(11)));
        yield return Bad("delegated-no-quota", DenialReason.WidenedQuota, "No quota.", limited);
        yield return Bad("delegated-other-unit", DenialReason.WidenedQuota, "Calls for rows.", Child(root.WithClaim(-65539, Cbor.Int(10)).WithClaim(-65540, Cbor.Int(2))).WithClaim(-65539, Cbor.Int(10)));
        yield return Bad("delegated-any-input", DenialReason.WidenedInput, "The parent is good for one input.", Child(root.WithClaim(-65545, Cbor.Bytes(Nobody))));
        foreach ((string name, byte[] parent, byte[]? policy) in ((string, byte[], byte[]?)[])[
            ("all", Policy((1, 5)), null), ("more", Policy((1, 5)), Policy((1, 6))), ("rounded", Policy((1, 5)), Policy((3, 0))),
            ("finer", Policy((1, 5), (3, 2)), Policy((1, 5), (3, 3))), ("unrounded", Policy((3, 2)), Policy((1, 1))), ("values", Policy((2, 1)), Policy((1, 1), (3, 0)))])
        {
            TokenForge forge = Child(root.WithClaim(-65544, parent));
            yield return Bad($"delegated-output-{name}", DenialReason.WidenedOutput, "More of the outputs.", policy is null ? forge : forge.WithClaim(-65544, policy));
        }

        yield return Bad("delegated-more-features", DenialReason.WidenedFeatures, "One feature more.", Child(root.WithClaim(-65550, Scopes("a"))).WithClaim(-65550, Scopes("a", "b")));
        yield return Bad("delegated-no-trial", DenialReason.WidenedFeatures, "The parent is for trying out.", Child(root.WithClaim(-65554, [0xF5])));
        yield return Bad("delegated-longer-grace", DenialReason.WidenedTime, "Ends at the same time, but for a second of grace.", child.WithClaim(-65555, Cbor.Int(1)));
        yield return Bad("delegated-status", DenialReason.UnsupportedRestriction, "Who delegates publishes no lists.", child.WithClaim(-65549, Cbor.Array(Cbor.Text("s"), Cbor.Int(1))));
        yield return Bad("delegated-bearer", DenialReason.WidenedHolder, "To whoever has it.", child.WithoutClaim(8));
        yield return Bad("delegated-other-fingerprint", DenialReason.WidenedHolder, "Under another fingerprint.", child.WithClaim(-65542, Cbor.Int(8)));
        yield return Bad("delegated-any-audience", DenialReason.WidenedHolder, "For any application.", Child(root.WithClaim(3, Cbor.Text(TokenForge.Audience))));
        TokenForge deep = root;
        for (int depth = 0; depth < 5; depth++)
        {
            deep = Child(deep, depth == 0 ? TestKey.P256 : Licensee).WithClaim(8, Confirmation(Licensee)).WithClaim(-65541, Cbor.Int(2));
        }

        yield return Bad("delegated-five-times", DenialReason.DelegationTooDeep, "One level too many.", deep);
    }

    private static TokenForge Child(TokenForge parent) => Child(parent, TestKey.P256);

    private static TokenForge Child(TokenForge parent, TestKey parentKey) => TokenForge.Minimal(Licensee)
        .WithClaim(1, Cbor.Text(Licensee.PublicKey.DefaultIssuerName)).WithClaim(2, Cbor.Text("customer-1"))
        .WithClaim(8, Confirmation(TestKey.P256)).WithClaim(-65538, Scopes(TokenForge.Scope)).WithClaim(-65551, Cbor.Bytes(parent.Build(parentKey)));

    private static PermissionVector Good(string name, string note, TokenForge forge)
    {
        byte[] token = forge.Build(Licensee);
        bool narrower = name == "delegated-narrower";
        return new(name, DenialReason.None, note, Convert.ToHexStringLower(token), new PermissionVectorClaims(
            Licensee.PublicKey.DefaultIssuerName, "customer-1", null, narrower ? TokenForge.ExpiresAt - 1 : TokenForge.ExpiresAt, null, TokenForge.IssuedAt,
            Convert.ToHexStringLower(TokenForge.Nonce), TokenForge.Model.ToString(), [TokenForge.Scope], narrower ? 9 : null, MeteringUnit.Call,
            PermissionUse.SingleSession, 7, ConfirmationKey: Convert.ToHexStringLower(TestKey.P256.PublicKey.KeyId.Span), DelegatedBy: "licensee-7",
            InputDigest: narrower ? Convert.ToHexStringLower(Nobody) : null, OutputPolicy: narrower ? "the label" : null));
    }

    private static PermissionVector Bad(string name, DenialReason expected, string note, TokenForge forge) =>
        new(name, expected, note, Convert.ToHexStringLower(forge.Build(Licensee)), null);

    private static byte[] Policy(params (int Part, int Value)[] parts) => Cbor.Map([.. parts.Select(part => (Cbor.Int(part.Part), Cbor.Int(part.Value)))]);

    private static byte[] Scopes(params string[] scopes) => Cbor.Array([.. scopes.Select(Cbor.Text)]);

    private static byte[] Confirmation(TestKey key)
    {
        byte[] info = key.PublicKey.ExportSubjectPublicKeyInfo();
        return Cbor.Map((Cbor.Int(1), Cbor.Map(
            (Cbor.Int(1), Cbor.Int(2)), (Cbor.Int(-1), Cbor.Int(1)), (Cbor.Int(-2), Cbor.Bytes(info[^64..^32])), (Cbor.Int(-3), Cbor.Bytes(info[^32..])))));
    }
}
