using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sqlite.Tests.Support;

namespace Oml.Sdk.Sqlite.Tests;

public sealed class UseSqliteLedgerTests : IDisposable
{
    private readonly LedgerFolder _folder = new();
    private readonly PermissionIssuer _issuer = PermissionIssuer.Create();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _issuer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_permission_that_was_used_up_is_refused_after_a_restart()
    {
        byte[] permission = [];
        await using (OmlModel model = await BuildAsync())
        {
            permission = _issuer.Issue(new PermissionRequest { Licensee = "licensee", Model = model.Id, Lifetime = TimeSpan.FromHours(1), Quota = 1 });
            (await model.InferAsync(new InferenceInputs().Add("x", new float[1], 1), permission, Cancellation)).Dispose();
        }

        await using OmlModel restarted = await BuildAsync();
        (await FluentActions.Awaiting(() => restarted.AuthorizeAsync(permission, Cancellation).AsTask())
            .Should().ThrowAsync<PermissionDeniedException>()).Which.Reason.Should().Be(DenialReason.Replayed);
    }

    [Fact]
    public async Task The_model_closes_the_file()
    {
        await (await BuildAsync()).DisposeAsync();

        File.Delete(_folder.Path);
        File.Exists(_folder.Path + "-wal").Should().BeFalse("the last one to close a ledger cleans up");
    }

    private ValueTask<OmlModel> BuildAsync() => OmlModel.CreateBuilder()
        .UseOnnx("a model"u8.ToArray())
        .UseBackend((_, _, _) => new(new Echo()))
        .TrustIssuer(_issuer.PublicKey)
        .UseSqliteLedger(_folder.Path)
        .BuildAsync(Cancellation);

    private sealed class Echo : IInferenceBackend
    {
        public ModelSignature Signature { get; } = new(
            [new TensorInfo("x", TensorElementType.Float32, [1])], [new TensorInfo("y", TensorElementType.Float32, [1])]);

        public string ExecutionProvider => "test";

        public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default) =>
            new(new InferenceOutputs([OutputTensor.Create("y", new float[1], 1)]));

        public ValueTask DisposeAsync() => default;
    }
}
