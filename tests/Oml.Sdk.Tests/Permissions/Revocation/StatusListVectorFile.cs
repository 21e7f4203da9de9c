using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Permissions;
using Oml.Sdk.Permissions.Revocation;

namespace Oml.Sdk.Tests.Permissions.Revocation;

/// <summary>The file of vectors: whom to trust, one permission with a status, and lists.</summary>
public sealed record StatusListVectorFile(
    string About,
    string Issuer,
    Dictionary<string, string> Keys,
    string OtherIssuer,
    string OtherKey,
    string Model,
    string Now,
    string Uri,
    int Index,
    string Permission,
    List<StatusListVector> Vectors)
{
    private const string Resource = "Oml.Sdk.Tests.Permissions.Vectors.status-list.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The text of the committed file, which is embedded in this assembly.</summary>
    public static string ReadText()
    {
        using StreamReader reader = new(typeof(StatusListVectorFile).Assembly.GetManifestResourceStream(Resource)!);
        return reader.ReadToEnd();
    }

    public static StatusListVectorFile Read() => JsonSerializer.Deserialize<StatusListVectorFile>(ReadText(), Json)!;

    public string ToText() => JsonSerializer.Serialize(this, Json) + "\n";

    public async Task<PermissionVerification> VerifyAsync(StatusListVector vector)
    {
        CosePermissionVerifierOptions options = new() { StatusLists = new Source(vector) };
        foreach (string key in Keys.Values)
        {
            options.TrustedIssuers.Add(new(Issuer, IssuerPublicKey.ImportSubjectPublicKeyInfo(Convert.FromHexString(key))));
        }

        options.TrustedIssuers.Add(new(OtherIssuer, IssuerPublicKey.ImportSubjectPublicKeyInfo(Convert.FromHexString(OtherKey))));
        CosePermissionVerifier verifier = new(options, new FakeTimeProvider(DateTimeOffset.Parse(Now, CultureInfo.InvariantCulture)));
        return await verifier.VerifyAsync(Convert.FromHexString(Permission), new(ModelId.Parse(Model)));
    }

    private sealed class Source(StatusListVector vector) : IStatusListSource
    {
        public ValueTask<ReadOnlyMemory<byte>> FetchAsync(string uri, CancellationToken cancellationToken = default) =>
            new(Convert.FromHexString(vector.List));
    }
}
