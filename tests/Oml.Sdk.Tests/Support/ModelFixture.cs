using Microsoft.Extensions.Time.Testing;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Support;

/// <summary>A model over a managed backend, a real issuer and verifier, and a clock that the test moves.</summary>
internal sealed class ModelFixture : IAsyncDisposable
{
    public static readonly byte[] ModelBytes = "a model"u8.ToArray();

    private ModelFixture()
    {
        Issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256, timeProvider: Time);
        Ledger = new InMemoryUsageLedger(Time);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));

    public PermissionIssuer Issuer { get; }

    public ManagedBackend Backend { get; private init; } = new();

    public InMemoryUsageLedger Ledger { get; }

    public OmlModel Model { get; private set; } = null!;

    public static async Task<ModelFixture> CreateAsync(Action<OmlModelBuilder>? configure = null, Func<float, float>? function = null)
    {
        ModelFixture fixture = new() { Backend = new ManagedBackend(function) };
        OmlModelBuilder builder = OmlModel.CreateBuilder()
            .UseOnnx(ModelBytes)
            .UseBackend((_, _, _) => new(fixture.Backend))
            .TrustIssuer(fixture.Issuer.PublicKey)
            .UseLedger(fixture.Ledger)
            .UseTimeProvider(fixture.Time);
        configure?.Invoke(builder);
        fixture.Model = await builder.BuildAsync();
        return fixture;
    }

    public byte[] Issue(
        long? quota = null,
        PermissionUse use = PermissionUse.SingleSession,
        MeteringUnit unit = MeteringUnit.Call,
        TimeSpan? lifetime = null,
        ModelId? model = null) => Issuer.Issue(new PermissionRequest
        {
            Licensee = "licensee",
            Model = model ?? Model.Id,
            Lifetime = lifetime ?? TimeSpan.FromHours(1),
            Quota = quota,
            Use = use,
            Unit = unit,
        });

    public static InferenceInputs Inputs(int rows = 1) => new InferenceInputs().Add("x", new float[4 * rows], rows, 4);

    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        Issuer.Dispose();
    }
}
