using Oml.Sdk.Benchmarks.Overhead;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Benchmarks.Permissions;

/// <summary>A session over a backend that does nothing, under a permission that the benchmark shapes.</summary>
internal sealed class MeteredSession : IDisposable
{
    private readonly PermissionIssuer _issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256);
    private readonly OmlModel _model;
    private readonly OmlSession _session;

    public MeteredSession(Func<ModelId, PermissionRequest> permission, Action<OmlModelBuilder>? configure = null)
    {
        OmlModelBuilder builder = OmlModel.CreateBuilder()
            .UseOnnx("a model"u8.ToArray())
            .UseBackend((_, _, _) => new(new NothingBackend()))
            .TrustIssuer(_issuer.PublicKey)
            .UseLedger(new InMemoryUsageLedger());
        configure?.Invoke(builder);
        _model = builder.BuildAsync().AsTask().GetAwaiter().GetResult();
        byte[] token = _issuer.Issue(permission(_model.Id));
        _session = _model.AuthorizeAsync(token).AsTask().GetAwaiter().GetResult();
    }

    public static InferenceInputs Inputs { get; } = new InferenceInputs().Add("x", new float[4], 1, 4);

    public void Infer(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            ValueTask<InferenceOutputs> call = _session.InferAsync(Inputs);
            if (!call.IsCompletedSuccessfully)
            {
                call.AsTask().GetAwaiter().GetResult();
            }
        }
    }

    public void Pay(long index, ReadOnlySpan<byte> preimage)
    {
        ValueTask<long> payment = _session.PayAsync(index, preimage);
        if (!payment.IsCompletedSuccessfully)
        {
            payment.AsTask().GetAwaiter().GetResult();
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
        _issuer.Dispose();
    }
}
