using Microsoft.Extensions.Logging.Abstractions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Loading;
using Oml.Sdk.Sealing.Memory;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Sealing;

/// <summary>The refusals that damage does not bring about: a publisher's mistakes, and files that cannot be read.</summary>
public sealed class SealedModelRefusalTests : IAsyncLifetime
{
    private readonly SealedFiles _files = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-refusals-");
    private byte[] _file = [];
    private SealedManifest _manifest = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _file = await _files.SealAsync(SealedFiles.Package(SealedFiles.Content(40_000)));
        using SealedModel model = _files.Open(_file);
        _manifest = model.Manifest;
    }

    public ValueTask DisposeAsync()
    {
        _files.Dispose();
        _folder.Delete(recursive: true);
        return default;
    }

    [Fact]
    public async Task An_entry_that_commits_to_another_key_than_the_manifest_names_is_not_authentic()
    {
        using SealedModel model = _files.Open(SignedForgery.WithOtherCommitment(_file, _manifest, _files.Publisher, SealedFiles.ContentPath));
        await model.VerifyAsync(cancellationToken: Cancellation);
        using UnlockedModel contents = model.Unlock(_files.Key);

        (await FluentActions.Awaiting(() => contents.ReadAllBytesAsync(SealedFiles.ContentPath, Cancellation)).Should().ThrowAsync<SealedModelException>()
            .WithMessage("*must seal it again*")).Which.Failure.Should().Be(SealedModelFailure.NotAuthentic);
        (await contents.ReadAllBytesAsync("model.onnx", Cancellation)).Should().Equal(SealedFiles.Graph);
    }

    [Fact]
    public async Task A_chunk_that_was_signed_for_and_is_not_of_the_content_key_is_not_authentic_and_nothing_of_it_is_left()
    {
        using SealedModel model = _files.Open(SignedForgery.WithOtherChunk(_file, _manifest, _files.Publisher, SealedFiles.ContentPath));
        await model.VerifyAsync(cancellationToken: Cancellation);
        using UnlockedModel contents = model.Unlock(_files.Key);
        byte[] part = new byte[100];
        using MemoryStream copy = new();
        using SecretMemory memory = SecretMemory.Allocate(model.Manifest.FindEntry(SealedFiles.ContentPath)!.Size);

        Func<Task>[] readings =
        [
            () => contents.ReadAllBytesAsync(SealedFiles.ContentPath, Cancellation),
            () => contents.CopyToAsync(SealedFiles.ContentPath, copy, cancellationToken: Cancellation),
            () => contents.FillAsync(SealedFiles.ContentPath, memory, Cancellation),
            () => Task.Run(() => contents.Read(SealedFiles.ContentPath, 0, part), Cancellation),
        ];
        foreach (Func<Task> reading in readings)
        {
            (await reading.Should().ThrowAsync<SealedModelException>().WithMessage("*bytes 0 to 40000*must seal it again*"))
                .Which.Failure.Should().Be(SealedModelFailure.NotAuthentic);
        }

        part.Should().OnlyContain(value => value == 0);
        copy.Length.Should().Be(0);
    }

    [Fact]
    public async Task A_graph_that_is_no_ONNX_is_refused_before_the_runtime_sees_it()
    {
        using SealedModel model = _files.Open(SignedForgery.WithOtherGraph(_file, _manifest, _files.Publisher, SealedFiles.ContentPath));
        using UnlockedModel contents = model.Unlock(_files.Key);

        (await FluentActions.Awaiting(() => SealedModelLoader.LoadAsync(
            contents, "model", (_, _, _) => new(new ManagedBackend()), NullLoggerFactory.Instance, Cancellation).AsTask())
            .Should().ThrowAsync<SealedModelException>()).Which.Failure.Should().Be(SealedModelFailure.InvalidGraph);
    }

    [Fact]
    public void A_file_that_is_not_there_or_is_a_folder_is_unreadable()
    {
        foreach (string path in (string[])[Path.Combine(_folder.FullName, "none.oml"), Path.Combine(_folder.FullName, "no", "none.oml"), _folder.FullName])
        {
            FluentActions.Invoking(() => SealedModel.Open(path, _files.Publisher.PublicKey)).Should().Throw<SealedModelException>()
                .WithMessage($"*{path}*").Which.Failure.Should().Be(SealedModelFailure.Unreadable);
        }
    }

    [Fact]
    public void A_disk_that_fails_while_a_model_is_read_is_told_from_damage()
    {
        using FailingStream stream = new(_file);
        using SealedModel model = SealedModel.Open(stream, _files.Publisher.PublicKey);
        using UnlockedModel contents = model.Unlock(_files.Key);
        stream.Fails = true;

        FluentActions.Invoking(() => contents.Read(SealedFiles.ContentPath, 0, new byte[10])).Should().Throw<SealedModelException>()
            .WithMessage("*the disk is gone*").Which.Failure.Should().Be(SealedModelFailure.Unreadable);
    }

    [Fact]
    public async Task The_hashes_of_an_entry_are_read_once_however_often_parts_of_it_are()
    {
        byte[] content = SealedFiles.Content((3 << 20) + 5);
        byte[] file = await _files.SealAsync(SealedFiles.Package(content));
        using FailingStream stream = new(file);
        using SealedModel model = SealedModel.Open(stream, _files.Publisher.PublicKey);
        using UnlockedModel contents = model.Unlock(_files.Key);
        stream.Watched = model.Manifest.FindEntry(SealedFiles.ContentPath)!.TableOffset;

        byte[] part = new byte[16];
        for (int i = 0; i < 5; i++)
        {
            contents.Read(SealedFiles.ContentPath, i * 700_000, part);
            part.Should().Equal(content[(i * 700_000)..((i * 700_000) + 16)]);
        }

        stream.WatchedReads.Should().Be(1);
    }

    private sealed class FailingStream(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public bool Fails { get; set; }

        public long Watched { get; set; } = -1;

        public int WatchedReads { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            WatchedReads += Position == Watched ? 1 : 0;
            return Fails ? throw new IOException("the disk is gone") : base.Read(buffer, offset, count);
        }
    }
}
