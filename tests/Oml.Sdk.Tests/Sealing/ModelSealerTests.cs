using Oml.Sdk.Sealing;

namespace Oml.Sdk.Tests.Sealing;

public sealed class ModelSealerTests : IDisposable
{
    private static readonly SealOptions Options = new() { Name = "test" };

    private readonly SealedFiles _files = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-seal-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_folder.FullName, "model.oml");

    private ModelSealer Sealer => new(_files.Publisher, _files.Key);

    public void Dispose()
    {
        _files.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_sealed_file_appears_whole_under_its_name_and_nothing_else_does()
    {
        byte[] content = SealedFiles.Content((5 << 20) + 1);

        ModelId id = await Sealer.SealAsync(SealedFiles.Package(content), Target, Options, cancellationToken: Cancellation);

        using SealedModel model = SealedModel.Open(Target, _files.Publisher.PublicKey);
        model.Id.Should().Be(id);
        await model.VerifyAsync(cancellationToken: Cancellation);
        _folder.GetFiles().Should().ContainSingle();
    }

    [Fact]
    public async Task Cancelling_leaves_nothing_behind()
    {
        using CancellationTokenSource source = new();
        FailingStream content = new(8 << 20, source.Cancel);

        Func<Task> seal = () => Sealer.SealAsync(SealedFiles.Package([]).AddStream("x.bin", content), Target, Options, null, source.Token);

        await seal.Should().ThrowAsync<OperationCanceledException>();
        _folder.GetFiles().Should().BeEmpty();
    }

    [Fact]
    public async Task A_source_that_fails_leaves_the_old_file_and_nothing_else()
    {
        await File.WriteAllTextAsync(Target, "old", Cancellation);
        FailingStream content = new(8 << 20, () => throw new IOException("the disk went away"));

        Func<Task> seal = () => Sealer.SealAsync(
            SealedFiles.Package([]).AddStream("x.bin", content), Target, new SealOptions { Name = "test", Overwrite = true }, cancellationToken: Cancellation);

        await seal.Should().ThrowAsync<IOException>().WithMessage("the disk went away");
        (await File.ReadAllTextAsync(Target, Cancellation)).Should().Be("old");
        _folder.GetFiles().Should().ContainSingle();
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced_only_when_that_was_said()
    {
        await File.WriteAllTextAsync(Target, "old", Cancellation);

        await FluentActions.Awaiting(() => Sealer.SealAsync(SealedFiles.Package([]), Target, Options, cancellationToken: Cancellation))
            .Should().ThrowAsync<IOException>().WithMessage("*already*");
        await Sealer.SealAsync(SealedFiles.Package([]), Target, new SealOptions { Name = "test", Overwrite = true }, cancellationToken: Cancellation);

        using SealedModel model = SealedModel.Open(Target, _files.Publisher.PublicKey);
        _folder.GetFiles().Should().ContainSingle();
    }

    [Fact]
    public async Task Progress_reaches_the_end()
    {
        List<SealProgress> reports = [];
        byte[] content = SealedFiles.Content(3 << 20);

        await Sealer.SealAsync(SealedFiles.Package(content), Target, Options, new Reporter(reports), Cancellation);

        reports[^1].BytesDone.Should().Be(content.Length + SealedFiles.Graph.Length);
        reports[^1].BytesTotal.Should().Be(reports[^1].BytesDone);
        reports[^1].BytesPerSecond.Should().BePositive();
    }

    [Fact]
    public void A_file_that_is_missing_is_named()
    {
        FluentActions.Invoking(() => ModelPackage.FromOnnx(Path.Combine(_folder.FullName, "no.onnx")))
            .Should().Throw<SealedModelException>().WithMessage("*no.onnx*").Which.Failure.Should().Be(SealedModelFailure.InvalidGraph);
        FluentActions.Invoking(() => SealedFiles.Package([]).AddFile("vocab.txt", Path.Combine(_folder.FullName, "vocab.txt")))
            .Should().Throw<FileNotFoundException>().WithMessage("*vocab.txt*");
    }

    [Fact]
    public void What_is_no_graph_is_refused_when_it_is_packed()
    {
        FluentActions.Invoking(() => new ModelPackage("model.onnx", new byte[] { 1, 2, 3 }))
            .Should().Throw<SealedModelException>().Which.Failure.Should().Be(SealedModelFailure.InvalidGraph);
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("name", "")]
    [InlineData("na\nme", "1")]
    public async Task A_name_that_no_manifest_can_hold_is_refused(string name, string version)
    {
        await FluentActions.Awaiting(() => _files.SealAsync(SealedFiles.Package([]), new SealOptions { Name = name, Version = version }))
            .Should().ThrowAsync<ArgumentException>();
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_is_refused()
    {
        using FailingStream stream = new(1, () => { });

        await FluentActions.Awaiting(() => Sealer.SealAsync(SealedFiles.Package([]), stream, Options, cancellationToken: Cancellation))
            .Should().ThrowAsync<ArgumentException>().WithMessage("*seek*");
    }

    private sealed class Reporter(List<SealProgress> reports) : IProgress<SealProgress>
    {
        public void Report(SealProgress value)
        {
            lock (reports)
            {
                reports.Add(value);
            }
        }
    }

    /// <summary>Gives zeros, and does something half way.</summary>
    private sealed class FailingStream(int length, Action halfWay) : Stream
    {
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_position >= length / 2)
            {
                halfWay();
            }

            int read = Math.Min(count, length - _position);
            _position += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
