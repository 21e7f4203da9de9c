using System.Globalization;
using System.Text.Json;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>A case of Wycheproof's ECDSA vectors with signatures in the form r ‖ s, which is that of COSE.</summary>
internal sealed record WycheproofCase
{
    public required string Id { get; init; }

    /// <summary>The key, as the library reads it.</summary>
    public required IssuerPublicKey Key { get; init; }

    public required byte[] Message { get; init; }

    public required byte[] Signature { get; init; }

    public required bool IsValid { get; init; }

    public static IReadOnlyList<WycheproofCase> Read(PermissionAlgorithm algorithm)
    {
        string file = algorithm == PermissionAlgorithm.ES384 ? "ecdsa_secp384r1_sha384_p1363_test.json" : "ecdsa_secp256r1_sha256_p1363_test.json";
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestData.Require("wycheproof", file)));
        List<WycheproofCase> cases = [];
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            IssuerPublicKey key = ReadKey(group);
            key.Algorithm.Should().Be(algorithm);
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                cases.Add(new()
                {
                    Id = string.Create(CultureInfo.InvariantCulture, $"{test.GetProperty("tcId").GetInt32()}: {test.GetProperty("comment").GetString()}"),
                    Key = key,
                    Message = Bytes(test, "msg"),
                    Signature = Bytes(test, "sig"),

                    // "acceptable" is neither: there is no such case in these files, and one that comes must be looked at.
                    IsValid = test.GetProperty("result").GetString() switch
                    {
                        "valid" => true,
                        "invalid" => false,
                        { } other => throw new InvalidDataException($"The result '{other}' needs a decision."),
                        null => throw new InvalidDataException("A case has no result."),
                    },
                });
            }
        }

        cases.Should().HaveCount(document.RootElement.GetProperty("numberOfTests").GetInt32());
        return cases;
    }

    // In every form that the group has, which must be the same key.
    private static IssuerPublicKey ReadKey(JsonElement group)
    {
        IssuerPublicKey key = IssuerPublicKey.ImportSubjectPublicKeyInfo(Bytes(group, "publicKeyDer"));
        IssuerPublicKey.ImportFromPem(group.GetProperty("publicKeyPem").GetString()).Should().Be(key);
        if (group.TryGetProperty("publicKeyJwk", out JsonElement jwk))
        {
            IssuerPublicKey.ImportJwk(jwk.GetRawText()).Should().Be(key);
        }

        return key;
    }

    private static byte[] Bytes(JsonElement of, string name) => Convert.FromHexString(of.GetProperty(name).GetString()!);
}
