using System.Text.Json;
using System.Text.Json.Serialization;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Permissions;

/// <summary>The file of vectors: whom to trust, what to ask for, and the tokens.</summary>
public sealed record PermissionVectorFile(
    string About,
    string Issuer,
    Dictionary<string, string> Keys,
    string Model,
    string Audience,
    string RequiredScope,
    string Now,
    int ClockSkewSeconds,
    int MaxLifetimeDays,
    int MaxTokenBytes,
    List<PermissionVector> Vectors)
{
    private const string Resource = "Oml.Sdk.Tests.Permissions.Vectors.permission.json";

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
        using StreamReader reader = new(typeof(PermissionVectorFile).Assembly.GetManifestResourceStream(Resource)!);
        return reader.ReadToEnd();
    }

    public static PermissionVectorFile Read() => JsonSerializer.Deserialize<PermissionVectorFile>(ReadText(), Json)!;

    public string ToText() => JsonSerializer.Serialize(this, Json) + "\n";

    public CosePermissionVerifier CreateVerifier()
    {
        CosePermissionVerifierOptions options = new()
        {
            ClockSkew = TimeSpan.FromSeconds(ClockSkewSeconds),
            MaxLifetime = TimeSpan.FromDays(MaxLifetimeDays),
            MaxTokenBytes = MaxTokenBytes,
        };
        foreach (string key in Keys.Values)
        {
            options.TrustedIssuers.Add(new(Issuer, IssuerPublicKey.ImportSubjectPublicKeyInfo(Convert.FromHexString(key))));
        }

        DateTimeOffset now = DateTimeOffset.Parse(Now, System.Globalization.CultureInfo.InvariantCulture);
        return new(options, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(now));
    }

    public PermissionContext CreateContext() => new(ModelId.Parse(Model), Audience, RequiredScope);
}
