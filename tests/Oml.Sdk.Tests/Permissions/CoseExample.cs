using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>A COSE_Sign1 of the COSE working group's examples, with the key that they name.</summary>
internal sealed record CoseExample
{
    public required string Name { get; init; }

    /// <summary>Whether the working group says that it must fail.</summary>
    public required bool MustFail { get; init; }

    public required byte[] Message { get; init; }

    public required byte[] ExternalData { get; init; }

    /// <summary>The public half of the key as a JWK.</summary>
    public required string Jwk { get; init; }

    public static IReadOnlyList<CoseExample> ReadAll()
    {
        string folder = Path.GetDirectoryName(TestData.Require("cose", "LICENSE"))!;
        List<CoseExample> examples = [];
        foreach (string file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement root = document.RootElement;
            if (root.GetProperty("input").TryGetProperty("sign0", out JsonElement signer))
            {
                examples.Add(new()
                {
                    Name = Path.GetFileNameWithoutExtension(file),
                    MustFail = root.TryGetProperty("fail", out JsonElement fail) && fail.GetBoolean(),
                    Message = Convert.FromHexString(root.GetProperty("output").GetProperty("cbor").GetString()!),
                    ExternalData = signer.TryGetProperty("external", out JsonElement external) ? Convert.FromHexString(external.GetString()!) : [],
                    Jwk = ToJwk(signer.GetProperty("key")),
                });
            }
        }

        return examples;
    }

    // Their keys are JWKs with the private half, and some have numbers in hexadecimal.
    private static string ToJwk(JsonElement key)
    {
        StringBuilder json = new();
        json.Append(CultureInfo.InvariantCulture, $"{{\"kty\":\"{key.GetProperty("kty").GetString()}\",\"crv\":\"{key.GetProperty("crv").GetString()}\"");
        foreach (string name in (string[])["x", "y"])
        {
            string value = key.TryGetProperty(name + "_hex", out JsonElement hex)
                ? Base64Url.EncodeToString(Convert.FromHexString(hex.GetString()!))
                : key.GetProperty(name).GetString()!;
            json.Append(CultureInfo.InvariantCulture, $",\"{name}\":\"{value}\"");
        }

        return json.Append('}').ToString();
    }
}
