using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using System.Text.Json;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>The COSE working group's examples of COSE_Sign1, verified with their own keys and the code that verifies tokens.</summary>
/// <remarks>
/// None of them is a permission, so it is the signature that is judged, as the library's key type sees it. Three good ones are not ours:
/// a key on P-521, a P-256 key that signs ES512, and external data, which a token does not have. There are no examples with EdDSA or HSS in
/// the folders that are read; their keys are refused when they are read (<see cref="IssuerKeyFormatTests"/>).
/// </remarks>
public sealed class CoseExampleTests
{
    [Fact]
    public void Verifies_what_is_good_and_refuses_what_must_fail()
    {
        IReadOnlyList<CoseExample> examples = CoseExample.ReadAll();
        Dictionary<string, string> results = examples.ToDictionary(example => example.Name, Judge);

        examples.Where(example => example.MustFail).Select(example => example.Name).Should()
            .Equal("sign-fail-01", "sign-fail-02", "sign-fail-03", "sign-fail-04", "sign-fail-06", "sign-fail-07");
        results.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["A_3"] = "good",
            ["Appendix_C_2_1"] = "good",
            ["ecdsa-sig-01"] = "good",
            ["ecdsa-sig-02"] = "good",
            ["ecdsa-sig-03"] = "key refused",
            ["ecdsa-sig-04"] = "bad",
            ["sign-fail-01"] = "bad",
            ["sign-fail-02"] = "bad",
            ["sign-fail-03"] = "bad",
            ["sign-fail-04"] = "bad",
            ["sign-fail-06"] = "bad",
            ["sign-fail-07"] = "bad",
            ["sign-pass-01"] = "bad",
            ["sign-pass-02"] = "bad",
            ["sign-pass-03"] = "good",
        });
    }

    [Fact]
    public void The_bare_library_verifies_the_same_eight_with_every_curve_and_external_data()
    {
        // What the examples themselves say, so that a "bad" above is a decision of ours and no mistake in how they are read.
        CoseExample.ReadAll().Where(BareLibraryAccepts).Select(example => example.Name).Should().BeEquivalentTo(
            "A_3", "Appendix_C_2_1", "ecdsa-sig-01", "ecdsa-sig-02", "ecdsa-sig-03", "ecdsa-sig-04", "sign-pass-02", "sign-pass-03");
    }

    [Fact]
    public void External_data_is_all_that_one_lacks()
    {
        CoseExample example = CoseExample.ReadAll().Single(example => example.Name == "sign-pass-02");
        IssuerPublicKey issuer = IssuerPublicKey.ImportJwk(example.Jwk);
        using VerificationKey key = VerificationKey.Create(issuer.ExportSubjectPublicKeyInfo(), issuer.Algorithm);

        CoseMessage.DecodeSign1(example.Message).VerifyEmbedded(key.CoseKey, example.ExternalData).Should().BeTrue();
        CosePermissionVerifier.HasGoodSignature(example.Message, issuer).Should().BeFalse();
    }

    [Fact]
    public void No_good_one_is_taken_for_a_permission_though_its_key_is_trusted()
    {
        int count = 0;
        foreach (CoseExample example in CoseExample.ReadAll().Where(example => Judge(example) == "good"))
        {
            VerifierHarness harness = new(options => options.TrustedIssuers.Add(new(TokenForge.Issuer, IssuerPublicKey.ImportJwk(example.Jwk))));
            harness.Verify(example.Message).IsPermitted.Should().BeFalse(example.Name);
            count++;
        }

        count.Should().Be(5);
    }

    private static string Judge(CoseExample example)
    {
        IssuerPublicKey key;
        try
        {
            key = IssuerPublicKey.ImportJwk(example.Jwk);
        }
        catch (CryptographicException)
        {
            return "key refused";
        }

        return CosePermissionVerifier.HasGoodSignature(example.Message, key) ? "good" : "bad";
    }

    private static bool BareLibraryAccepts(CoseExample example)
    {
        using JsonDocument jwk = JsonDocument.Parse(example.Jwk);
        JsonElement root = jwk.RootElement;
        using ECDsa key = ECDsa.Create(new ECParameters
        {
            Curve = root.GetProperty("crv").GetString() switch
            {
                "P-256" => ECCurve.NamedCurves.nistP256,
                "P-384" => ECCurve.NamedCurves.nistP384,
                _ => ECCurve.NamedCurves.nistP521,
            },
            Q = new() { X = Coordinate("x"), Y = Coordinate("y") },
        });
        try
        {
            return CoseMessage.DecodeSign1(example.Message).VerifyEmbedded(key, example.ExternalData);
        }
        catch (CryptographicException)
        {
            return false;
        }

        byte[] Coordinate(string name) => Base64Url.DecodeFromChars(root.GetProperty(name).GetString());
    }
}
