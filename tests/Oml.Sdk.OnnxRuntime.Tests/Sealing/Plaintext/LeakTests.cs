namespace Oml.Sdk.OnnxRuntime.Tests.Sealing.Plaintext;

/// <summary>What would be found if the library did what it must not do.</summary>
public sealed class LeakTests : IAsyncLifetime
{
    private readonly WatchedFolder _watched = new();
    private LicensedModel _model = null!;
    private PlaintextDetector _detector = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Source => Path.Combine(_model.Folder, "plain.bin");

    private string Target => Path.Combine(_watched.Path, "leak.bin");

    public async ValueTask InitializeAsync()
    {
        _model = await LicensedModel.CreateAsync(externalWeights: true, Cancellation);
        _detector = new PlaintextDetector(_model.Plaintext);
        await File.WriteAllBytesAsync(Source, _model.Plaintext[^1], Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _model.Dispose();
        _watched.Dispose();
        return default;
    }

    [Fact]
    public async Task A_piece_of_the_weights_in_a_file_that_is_left_behind_is_found()
    {
        await HostProcess.RunAsync(_watched, ["leak", "kept", Source, Target], telemetry: false, [], Cancellation);

        _detector.FilesWithAny(_watched.Path).Should().Equal(Target);
    }

    [Theory]
    [InlineData("deleted", "writes plaintext")]
    [InlineData("mapped", "maps a file for writing")]
    [InlineData("copied", "opens a file for writing")]
    public async Task A_leak_into_a_file_that_is_gone_again_is_found_in_the_trace(string how, string finding)
    {
        SystemCallTrace.RequireTool();
        using SystemCallTrace trace = new();
        await HostProcess.RunAsync(_watched, ["leak", how, Source, Target], telemetry: false, trace.Command, Cancellation);

        new WriteRules(_detector, _watched, telemetry: false).Findings(trace.Read())
            .Should().Contain(found => found.StartsWith(finding, StringComparison.Ordinal) && found.Contains(Target, StringComparison.Ordinal));
        _watched.Files.Should().BeEmpty();
    }

    [Fact]
    public void Any_piece_of_63_bytes_is_found_and_nothing_in_other_bytes()
    {
        byte[] weights = _model.Plaintext[^1];
        Random random = new(1);
        byte[] other = new byte[100_000];
        for (int i = 0; i < 200; i++)
        {
            random.NextBytes(other);
            _detector.IsIn(other.AsSpan(0, 1000)).Should().BeFalse();
            weights.AsSpan(random.Next(weights.Length - 63), 63).CopyTo(other.AsSpan(random.Next(other.Length - 63)));
            _detector.IsIn(other).Should().BeTrue();
        }

        _detector.WindowCount.Should().BeGreaterThan((16 << 20) / 32);
        _detector.IsIn(File.ReadAllBytes(_model.SealedPath)).Should().BeFalse("what is sealed is encrypted");
    }
}
