using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Generation.Tests.Support;

/// <summary>A model behind the facade and sessions of it: a made-up language, or the real one.</summary>
internal sealed class Licensed : IAsyncDisposable
{
    private readonly PermissionIssuer _issuer;

    private Licensed(PermissionIssuer issuer, OmlModel model, FakeTimeProvider time)
    {
        _issuer = issuer;
        Model = model;
        Time = time;
    }

    public OmlModel Model { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>The real model: GPT-2's shape with few random weights.</summary>
    public static Task<Licensed> TinyGpt2Async() => CreateAsync(builder => builder.UseOnnx(TestData.Require("tiny-gpt2", "past.onnx")).UseOnnxRuntime());

    public static Task<Licensed> LanguageAsync(ModelSignature signature, Func<int[], float[]>? logits = null) =>
        LanguageAsync(new Language(signature, logits ?? Language.Mixed));

    public static Task<Licensed> LanguageAsync(Language language) =>
        CreateAsync(builder => builder.UseOnnx("a language"u8.ToArray()).UseBackend((_, _, _) => new(language)));

    /// <summary>Any ONNX model, marked if asked for.</summary>
    public static Task<Licensed> OnnxAsync(byte[] model, Action<OmlModelBuilder>? configure = null) => CreateAsync(builder =>
    {
        builder.UseOnnx(model).UseOnnxRuntime();
        configure?.Invoke(builder);
    });

    public async Task<OmlSession> AuthorizeAsync(
        long? quota = null, ulong? fingerprint = null, OutputPolicy? policy = null, MeteringUnit unit = MeteringUnit.Call) =>
        await Model.AuthorizeAsync(_issuer.Issue(new PermissionRequest
        {
            Licensee = "alice",
            Model = Model.Id,
            Lifetime = TimeSpan.FromHours(1),
            Quota = quota,
            FingerprintId = fingerprint,
            OutputPolicy = policy,
            Unit = unit,
        }));

    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        _issuer.Dispose();
    }

    private static async Task<Licensed> CreateAsync(Action<OmlModelBuilder> configure)
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
        PermissionIssuer issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256, timeProvider: time);
        OmlModelBuilder builder = OmlModel.CreateBuilder().TrustIssuer(issuer.PublicKey).UseTimeProvider(time);
        configure(builder);
        return new Licensed(issuer, await builder.BuildAsync(), time);
    }
}
