using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Benchmarks.Overhead;

/// <summary>The same model behind the facade: permission, metering and, where wanted, the fingerprint.</summary>
internal sealed class ProtectedModel : IDisposable
{
    private readonly PermissionIssuer _issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256);
    private readonly FingerprintKey _fingerprintKey = FingerprintKey.Generate();
    private readonly OmlModel _oml;
    private readonly OmlSession _session;
    private readonly BenchmarkModel _model;

    public ProtectedModel(BenchmarkModel model, BareModel bare, bool fingerprint)
    {
        _model = model;
        OmlModelBuilder builder = OmlModel.CreateBuilder()
            .UseOnnx(model.Model)
            .UseBackend((_, _, _) => new(new SharedBackend(bare.Backend)))
            .TrustIssuer(_issuer.PublicKey)
            .UseLedger(new InMemoryUsageLedger());
        if (fingerprint)
        {
            builder.UseFingerprint(new LogitFingerprint(_fingerprintKey));
        }

        _oml = builder.BuildAsync().AsTask().GetAwaiter().GetResult();
        _session = _oml.AuthorizeAsync(_issuer.Issue(new PermissionRequest
        {
            Licensee = "licensee",
            Model = _oml.Id,
            Lifetime = TimeSpan.FromHours(1),
            Quota = 1L << 40,
        })).AsTask().GetAwaiter().GetResult();
    }

    public float Infer()
    {
        InferenceInputs inputs = _model.Input is float[] floats
            ? new InferenceInputs().Add(_model.InputName, floats, _model.Shape)
            : new InferenceInputs().Add(_model.InputName, (int[])_model.Input, _model.Shape);
        ValueTask<InferenceOutputs> call = _session.InferAsync(inputs);
        using InferenceOutputs outputs = call.IsCompletedSuccessfully ? call.Result : call.AsTask().GetAwaiter().GetResult();
        return outputs[0].GetSpan<float>()[0];
    }

    public void Infer(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            Infer();
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _oml.Dispose();
        _fingerprintKey.Dispose();
        _issuer.Dispose();
    }
}
