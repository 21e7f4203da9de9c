using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Benchmarks.Overhead;

/// <summary>A session over a backend that does nothing.</summary>
internal sealed class HotPath : IDisposable
{
    private readonly PermissionIssuer _issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256);
    private readonly NothingBackend _backend = new();
    private readonly InferenceInputs _inputs = new InferenceInputs().Add("x", new float[4], 1, 4);
    private readonly OmlModel _model;
    private readonly OmlSession _session;

    public HotPath()
    {
        _model = OmlModel.CreateBuilder()
            .UseOnnx("a model"u8.ToArray())
            .UseBackend((_, _, _) => new(_backend))
            .TrustIssuer(_issuer.PublicKey)
            .UseLedger(new InMemoryUsageLedger())
            .BuildAsync().AsTask().GetAwaiter().GetResult();
        _session = _model.AuthorizeAsync(Issue()).AsTask().GetAwaiter().GetResult();
    }

    public byte[] Issue() => _issuer.Issue(new PermissionRequest
    {
        Licensee = "licensee",
        Model = _model.Id,
        Lifetime = TimeSpan.FromHours(1),
        Quota = 1L << 40,
    });

    public void Backend(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            Finish(_backend.InferAsync(_inputs));
        }
    }

    public void Session(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            Finish(_session.InferAsync(_inputs));
        }
    }

    /// <summary>Bytes that the facade allocates in one call, reservations of units spread over the calls.</summary>
    public double AllocatedBytes()
    {
        const int calls = 100_000;
        Session(calls);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Session(calls);
        return Math.Floor((GC.GetAllocatedBytesForCurrentThread() - before) / (double)calls);
    }

    public void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
        _issuer.Dispose();
    }

    private static void Finish(ValueTask<InferenceOutputs> call)
    {
        if (!call.IsCompletedSuccessfully)
        {
            call.AsTask().GetAwaiter().GetResult();
        }
    }
}
