using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

public sealed class OmlModelBuilderTests : IDisposable
{
    private readonly PermissionIssuer _issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256);
    private readonly ManagedBackend _backend = new();

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task Says_what_to_call_when_something_is_missing()
    {
        await Missing(OmlModel.CreateBuilder(), "UseOnnx(path)");
        await Missing(OmlModel.CreateBuilder().UseOnnx(ModelFixture.ModelBytes), "UseOnnxRuntime()");
        await Missing(
            OmlModel.CreateBuilder().UseOnnx(ModelFixture.ModelBytes).UseBackend((_, _, _) => new(_backend)), "TrustIssuer(publisherPublicKey)");
    }

    [Fact]
    public async Task Builds_one_model_and_is_frozen_then()
    {
        OmlModelBuilder builder = Complete();
        await using OmlModel model = await builder.BuildAsync();

        Func<Task> again = async () => await builder.BuildAsync();
        Action change = () => builder.ForAudience("app");

        await again.Should().ThrowAsync<InvalidOperationException>();
        change.Should().Throw<InvalidOperationException>().WithMessage("*CreateBuilder()*");
    }

    [Fact]
    public async Task Can_be_mended_and_built_after_a_failure()
    {
        OmlModelBuilder builder = Complete().UseOnnx("no-such-model.onnx");
        Func<Task> build = async () => await builder.BuildAsync();
        await build.Should().ThrowAsync<ModelLoadException>();

        await using OmlModel model = await builder.UseOnnx(ModelFixture.ModelBytes).BuildAsync();

        model.Id.Should().Be(ModelId.Compute(ModelFixture.ModelBytes));
    }

    [Fact]
    public async Task Puts_the_first_wrapper_outermost()
    {
        List<string> order = [];
        await using OmlModel model = await Complete()
            .Use(inner => new Noting(inner, "outer", order))
            .Use(inner => new Noting(inner, "inner", order))
            .BuildAsync();

        await model.WarmUpAsync();

        order.Should().Equal("outer", "inner");
    }

    [Fact]
    public async Task Frees_the_backend_when_a_later_step_fails()
    {
        OmlModelBuilder builder = Complete().Use(_ => throw new InvalidOperationException("a wrapper failed"));
        Func<Task> build = async () => await builder.BuildAsync();

        await build.Should().ThrowAsync<InvalidOperationException>();

        _backend.Disposed.Should().BeTrue();
    }

    [Fact]
    public async Task Refuses_verification_options_that_are_out_of_range()
    {
        OmlModelBuilder builder = Complete().ConfigureVerification(options => options.ClockSkew = TimeSpan.FromHours(1));
        Func<Task> build = async () => await builder.BuildAsync();

        (await build.Should().ThrowAsync<ArgumentException>()).WithMessage("*ClockSkew*");
    }

    [Fact]
    public async Task Reads_a_model_from_a_stream()
    {
        await using OmlModel model = await Complete().UseOnnx(new MemoryStream(ModelFixture.ModelBytes)).BuildAsync();

        model.Id.Should().Be(ModelId.Compute(ModelFixture.ModelBytes));
    }

    private static async Task Missing(OmlModelBuilder builder, string call)
    {
        Func<Task> build = async () => await builder.BuildAsync();
        (await build.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain(call);
    }

    private OmlModelBuilder Complete() => OmlModel.CreateBuilder()
        .UseOnnx(ModelFixture.ModelBytes)
        .UseBackend((_, _, _) => new(_backend))
        .TrustIssuer(_issuer.PublicKey);

    private sealed class Noting(IInferenceBackend inner, string name, List<string> order) : DelegatingInferenceBackend(inner)
    {
        public override ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default)
        {
            order.Add(name);
            return base.InferAsync(inputs, cancellationToken);
        }
    }
}
