// Compiled ahead of time, this program runs the core of the library and fails when anything differs from what it expects.
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Oml.Sdk;
using Oml.Sdk.AotChecks;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

Checks checks = new();
byte[] modelBytes = "a model"u8.ToArray();
foreach (PermissionAlgorithm algorithm in Enum.GetValues<PermissionAlgorithm>().Where(PermissionIssuer.IsSupported))
{
    using PermissionIssuer issuer = PermissionIssuer.Create(algorithm);
    IssuerPublicKey key = IssuerPublicKey.ImportFromPem(issuer.PublicKey.ExportSubjectPublicKeyInfoPem());
    await using OmlModel model = await OmlModel.CreateBuilder()
        .UseOnnx(modelBytes)
        .UseBackend((_, _, _) => new(new SumBackend()))
        .TrustIssuer(key)
        .UseLedger(new InMemoryUsageLedger())
        .BuildAsync();
    byte[] permission = issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = model.Id,
        Lifetime = TimeSpan.FromMinutes(1),
        Quota = 1,
    });

    using (InferenceOutputs outputs = await model.InferAsync(SumBackend.Inputs(1, 2, 3), permission))
    {
        checks.That($"{algorithm}: the model runs", outputs["sum"].GetSpan<float>()[0] == 6);
    }

    await checks.Denied($"{algorithm}: a replay is refused", DenialReason.Replayed, model, permission);
    permission[^1] ^= 1;
    await checks.Denied($"{algorithm}: a forgery is refused", DenialReason.BadSignature, model, permission);
    await checks.Denied($"{algorithm}: garbage is refused", DenialReason.Malformed, model, new byte[64]);
}

using (PermissionIssuer old = PermissionIssuer.Create(name: "publisher"))
using (PermissionIssuer next = PermissionIssuer.Create(PermissionAlgorithm.PS256, "publisher"))
{
    // A set as JSON, then one as CBOR, as a publisher who changes its key and its tools.
    byte[] present = System.Text.Encoding.UTF8.GetBytes(new IssuerKeySet(new IssuerSetKey(old.PublicKey)).ExportJwkSet());
    IIssuerKeySetSource source = IssuerKeySetSource.FromStream(_ => Task.FromResult<Stream>(new MemoryStream(present, writable: false)));
    CosePermissionVerifier verifier = new(new() { TrustedIssuerSources = { new("publisher", source) } });
    ModelId id = ModelId.Compute(modelBytes);
    PermissionRequest request = new() { Licensee = "licensee", Model = id, Lifetime = TimeSpan.FromMinutes(1) };
    checks.That("Keys: a JWK Set is trusted", (await verifier.VerifyAsync(old.Issue(request), new(id))).IsPermitted);
    present = new IssuerKeySet(new IssuerSetKey(next.PublicKey)).ExportCoseKeySet();
    await verifier.RefreshIssuersAsync();
    checks.That("Keys: a COSE_KeySet takes its place", (await verifier.VerifyAsync(next.Issue(request), new(id))).IsPermitted);
    checks.That("Keys: a removed one is refused", (await verifier.VerifyAsync(old.Issue(request), new(id))).Reason == DenialReason.UnknownIssuer);
}

using (PermissionIssuer issuer = PermissionIssuer.Create())
using (PossessionKey licensee = PossessionKey.Create())
using (PermitChain chain = PermitChain.Create(100))
{
    await using OmlModel model = await OmlModel.CreateBuilder()
        .UseOnnx(modelBytes).UseBackend((_, _, _) => new(new SumBackend())).TrustIssuer(issuer.PublicKey).UseLedger(new InMemoryUsageLedger()).BuildAsync();
    byte[] root = issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = model.Id,
        Lifetime = TimeSpan.FromMinutes(2),
        Use = PermissionUse.Resumable,
        ConfirmationKey = licensee.PublicKey,
    });
    byte[] passedOn = licensee.Delegate(root, new PermissionRequest
    {
        Licensee = "customer",
        Model = model.Id,
        Lifetime = TimeSpan.FromMinutes(1),
        Rate = new RateLimit(10, 1),
        PermitChain = chain.Anchor,
        OutputPolicy = OutputPolicy.Round(0),
        InputDigest = InputDigest.Compute(SumBackend.Inputs(1, 2, 3.4f)),
        ConfirmationKey = licensee.PublicKey,
    });
    await checks.Denied("a permission without proof is refused", DenialReason.ProofMissing, model, passedOn);
    await using OmlSession session = await model.AuthorizeAsync(passedOn, licensee.Prove(passedOn, model.CreateChallenge()));
    byte[] preimage = new byte[PermitChain.PreimageSize];
    chain.Release(3, preimage);
    checks.That("a preimage pays for three units", await session.PayAsync(3, preimage) == 3);
    using InferenceOutputs rounded = await session.InferAsync(SumBackend.Inputs(1, 2, 3.4f));
    checks.That("outputs are rounded as the permission says", rounded["sum"].GetSpan<float>()[0] == 6);
}

using (PermissionIssuer issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256))
{
    IConfiguration configuration = new ConfigurationBuilder().Add(new DictionarySource(new()
    {
        ["Audience"] = "app",
        ["ClockSkew"] = "00:00:30",
        ["TrustedIssuers:0:PublicKeyPem"] = issuer.PublicKey.ExportSubjectPublicKeyInfoPem(),
    })).Build();
    ServiceCollection services = new();
    services.AddOml(configuration).ConfigureModel((_, oml) => oml.UseOnnx(modelBytes).UseBackend((_, _, _) => new(new SumBackend())));
    await using ServiceProvider provider = services.BuildServiceProvider();
    OmlModel model = provider.GetRequiredService<OmlModel>();
    byte[] permission = issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = model.Id,
        Lifetime = TimeSpan.FromMinutes(1),
        Audience = "app",
    });
    await using OmlSession session = await model.AuthorizeAsync(permission);
    checks.That("a model is registered from configuration", session.Permission.Audience == "app");
}

using (FingerprintKey fingerprintKey = FingerprintKey.Generate())
{
    ModelId model = ModelId.Compute(modelBytes);
    LogitFingerprint fingerprint = new(fingerprintKey);
    fingerprint.CheckOutput(new TensorInfo("logits", TensorElementType.Float32, [1, 1000]));
    using IFingerprintEmbedder embedder = fingerprint.Create(new FingerprintSubject(model, 7));
    FingerprintEvidence evidence = new(1000);
    bool kept = true;
    for (int row = 0; row < 5; row++)
    {
        float[] reference = [.. Enumerable.Range(0, 1000).Select(i => MathF.Sin((i * i) + row))];
        float[] marked = [.. reference];
        embedder.Embed(OutputTensor.Create("logits", marked, 1, 1000));
        kept &= Array.IndexOf(marked, marked.Max()) == Array.IndexOf(reference, reference.Max());
        evidence.AddInformed(marked, reference);
    }

    TraceResult trace = evidence.Trace(fingerprintKey, model, Enumerable.Range(0, 100).Select(id => (ulong)id));
    checks.That("a fingerprint keeps the class", kept);
    checks.That("a leak is traced", trace.Accused == 7);
}

using (FingerprintKey fingerprintKey = FingerprintKey.Generate())
{
    ModelId model = ModelId.Compute(modelBytes);
    using TextKey textKey = fingerprintKey.DeriveTextKey(new FingerprintSubject(model, 7));
    KgwOptions green = new() { VocabularySize = 1000 };
    using KgwProcessor lists = new(textKey, green);
    using SynthIdProcessor tournament = new(textKey);
    int[] greenText = new int[100];
    int[] tournamentText = new int[100];
    for (int i = 0; i < 100; i++)
    {
        // The likeliest of equals stands for a sample here.
        float[] scores = [.. Enumerable.Range(0, 1000).Select(v => MathF.Sin((v * v) + i))];
        lists.Apply(scores, greenText.AsSpan(0, i));
        greenText[i] = Array.IndexOf(scores, scores.Max());
        scores = new float[1000];
        tournament.Apply(scores, tournamentText.AsSpan(0, i));
        tournamentText[i] = Array.IndexOf(scores, scores.Max());
    }

    ulong[] licensees = [.. Enumerable.Range(0, 100).Select(id => (ulong)id)];
    checks.That("a text with green lists is traced", new TextTracer(green).Trace(fingerprintKey, model, licensees, greenText).Accused == 7);
    checks.That(
        "a text of tournaments is traced",
        new TextTracer(new SynthIdOptions()).Trace(fingerprintKey, model, licensees, tournamentText).Accused == 7);
}

using (LicenseeKey made = LicenseeKey.Create())
using (ContentKey contentKey = ContentKey.Generate())
using (PermissionIssuer issuer = PermissionIssuer.Create())
{
    ModelId model = ModelId.Compute(modelBytes);
    LicenseePublicKey licensee = LicenseePublicKey.ImportFromPem(made.PublicKey.ExportSubjectPublicKeyInfoPem());
    byte[] token = issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = model,
        Lifetime = TimeSpan.FromMinutes(1),
        WrappedContentKey = contentKey.WrapFor(licensee, model),
    });
    CosePermissionVerifier verifier = new(new() { TrustedIssuers = { new(issuer.Name, issuer.PublicKey) } });
    Permission permission = (await verifier.VerifyAsync(token, new PermissionContext(model))).Permission!;
    using LicenseeKey loaded = LicenseeKey.ImportFromEncryptedPem(made.ExportEncryptedPem("password"), "password");
    using ContentKey provided = await new LicenseeKeyProvider(loaded).GetContentKeyAsync(new ContentKeyRequest(model, permission));
    checks.That("a content key travels in a permission", provided.Export().AsSpan().SequenceEqual(contentKey.Export()));
}

await SealedModelChecks.RunAsync(checks);
await ChatChecks.RunAsync(checks);
await EmbeddingChecks.RunAsync(checks);
return checks.Report();
