namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

/// <summary>
/// Opening a sealed model and running it puts nothing of what was sealed anywhere but into memory. Three nets, one finer than the other:
/// how much is written, what is left behind, and each call that could write.
/// </summary>
public sealed class NoPlaintextTests : IDisposable
{
    private const long Little = 256 * 1024;

    private readonly WatchedFolder _watched = new();

    /// <summary>Where the weights are, and whether ONNX Runtime keeps its own telemetry, as it does unless it is told not to.</summary>
    public static TheoryData<bool, bool> Cases => new() { { true, true }, { true, false }, { false, true }, { false, false } };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _watched.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_process_that_opens_and_runs_a_sealed_model_writes_little_and_leaves_nothing_of_it(bool externalWeights, bool telemetry)
    {
        using LicensedModel model = await LicensedModel.CreateAsync(externalWeights, Cancellation);
        PlaintextDetector detector = new(model.Plaintext);

        LoadRun run = await LoadRun.RunAsync(model, _watched, telemetry, [], Cancellation);

        run.Outputs.Should().Equal(await model.ExpectedAsync(Cancellation), (a, b) => Math.Abs(a - b) < 1e-4f);
        model.Plaintext.Sum(file => file.Length).Should().BeGreaterThan(16 << 20);
        run.Written.Should().HaveCount(File.Exists("/proc/self/io") ? 2 : 0).And.OnlyContain(bytes => bytes < Little);
        detector.FilesWithAny(_watched.Path).Should().BeEmpty();
        _watched.Files.Where(file => !(telemetry && RuntimeTelemetry.Owns(file))).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task No_call_of_a_process_that_opens_and_runs_a_sealed_model_writes_any_of_it(bool externalWeights, bool telemetry)
    {
        SystemCallTrace.RequireTool();
        using LicensedModel model = await LicensedModel.CreateAsync(externalWeights, Cancellation);
        using SystemCallTrace trace = new();
        WriteRules rules = new(new PlaintextDetector(model.Plaintext), _watched, telemetry);

        LoadRun run = await LoadRun.RunAsync(model, _watched, telemetry, trace.Command, Cancellation);

        run.Outputs.Should().Equal(await model.ExpectedAsync(Cancellation), (a, b) => Math.Abs(a - b) < 1e-4f);
        IReadOnlyList<SystemCall> calls = trace.Read();
        rules.Findings(calls).Should().BeEmpty();
        calls.Should().Contain(call => call.Name == "write", "the process prints, else nothing was traced");
        calls.Where(call => WriteRules.Opens(call) && rules.IsDecoy(call)).Select(call => Path.GetFileName(call.File))
            .Should().Equal(externalWeights ? [ExternalModel.Weights] : []);
    }
}
