using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Tests.Fingerprints;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests;

/// <summary>A model of two outputs that are marked in different ways.</summary>
public sealed class SeveralFingerprintsTests : IDisposable
{
    private const int Length = 200;

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);
    private readonly LogitFingerprint _logits;
    private readonly RelativeFingerprint _values;
    private readonly PermissionIssuer _issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256);

    public SeveralFingerprintsTests() => (_logits, _values) = (new LogitFingerprint(_key), new RelativeFingerprint(_key));

    public void Dispose()
    {
        _key.Dispose();
        _issuer.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_output_gets_the_mark_that_was_chosen_for_it(bool firstIsUnnamed)
    {
        string[] first = firstIsUnnamed ? [] : ["logits"];
        await using OmlModel model = await Builder().UseFingerprint(_logits, first).UseFingerprint(_values, "box").BuildAsync();
        await using OmlSession session = await model.AuthorizeAsync(_issuer.Issue(new PermissionRequest
        {
            Licensee = "licensee", Model = model.Id, Lifetime = TimeSpan.FromHours(1), FingerprintId = 7,
        }));

        using InferenceOutputs outputs = await session.InferAsync(new InferenceInputs().Add("x", [1f], 1, 1));

        FingerprintSubject subject = new(model.Id, 7);
        outputs[0].GetSpan<float>().ToArray().Should().Equal(Marked(_logits, subject)).And.NotEqual(TwoOutputs.Row());
        outputs[1].GetSpan<float>().ToArray().Should().Equal(Marked(_values, subject)).And.NotEqual(TwoOutputs.Row());
    }

    [Fact]
    public async Task An_output_that_would_be_marked_twice_is_refused()
    {
        await Refused(Builder().UseFingerprint(_logits, "box").UseFingerprint(_values, "logits", "box"), "*mark the output 'box'*");
        await Refused(Builder().UseFingerprint(_logits).UseFingerprint(_values), "*name no output*");
        await Refused(Builder().UseFingerprint(_logits).UseFingerprint(_values, "logits"), "*mark the output 'logits'*");

        static async Task Refused(OmlModelBuilder builder, string message) =>
            (await builder.Invoking(async b => await b.BuildAsync()).Should().ThrowAsync<InvalidOperationException>()).WithMessage(message);
    }

    [Fact]
    public async Task Each_output_is_checked_by_what_marks_it()
    {
        OmlModelBuilder builder = Builder().UseFingerprint(_logits, "logits").UseFingerprint(new RelativeFingerprint(_key, new() { ClassAxis = 5 }), "box");

        (await builder.Invoking(async b => await b.BuildAsync()).Should().ThrowAsync<NotSupportedException>()).WithMessage("*'box'*dimension 5*");
    }

    private OmlModelBuilder Builder() => OmlModel.CreateBuilder()
        .UseOnnx(ModelFixture.ModelBytes)
        .UseBackend((_, _, _) => new(new TwoOutputs()))
        .TrustIssuer(_issuer.PublicKey);

    private static float[] Marked(IFingerprintEmbedderFactory factory, FingerprintSubject subject)
    {
        using IFingerprintEmbedder embedder = factory.Create(subject);
        float[] row = TwoOutputs.Row();
        embedder.Embed(OutputTensor.Create("y", row, 1, Length));
        return row;
    }

    private sealed class TwoOutputs : IInferenceBackend
    {
        public ModelSignature Signature { get; } = new(
            [new TensorInfo("x", TensorElementType.Float32, [-1, 1])],
            [new TensorInfo("logits", TensorElementType.Float32, [-1, Length]), new TensorInfo("box", TensorElementType.Float32, [-1, Length])]);

        public string ExecutionProvider => "Managed";

        public static float[] Row() => FingerprintTestData.Row(new Random(1), Length);

        public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default) =>
            new(new InferenceOutputs([OutputTensor.Create("logits", Row(), 1, Length), OutputTensor.Create("box", Row(), 1, Length)]));

        public ValueTask DisposeAsync() => default;
    }
}
