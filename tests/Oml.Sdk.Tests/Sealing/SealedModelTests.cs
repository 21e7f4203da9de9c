using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Memory;

namespace Oml.Sdk.Tests.Sealing;

public sealed class SealedModelTests : IDisposable
{
    private readonly SealedFiles _files = new();

    public static TheoryData<int> Sizes =>
        [0, 1, 16383, 16384, 16385, 65536, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 5, 4 << 20];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task What_was_sealed_is_what_is_read(int size)
    {
        byte[] content = SealedFiles.Content(size);
        byte[] file = await _files.SealAsync(SealedFiles.Package(content));

        using SealedModel model = _files.Open(file);
        await model.VerifyAsync(cancellationToken: Cancellation);
        using UnlockedModel unlocked = model.Unlock(_files.Key);

        (await unlocked.ReadAllBytesAsync(SealedFiles.ContentPath, Cancellation)).Should().Equal(content);
        model.Manifest.FindEntry(SealedFiles.ContentPath)!.Size.Should().Be(size);
        (await unlocked.ReadAllBytesAsync(model.Manifest.Graph.Path, Cancellation)).Should().Equal(SealedFiles.Graph);
    }

    [Fact]
    public async Task Every_kind_of_source_gives_the_same_entry()
    {
        byte[] content = SealedFiles.Content((2 << 20) + 77);
        string path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, content, Cancellation);
        ModelPackage package = SealedFiles.Package(content);
        package.AddFile("weights/file.bin", path).AddStream("weights/stream.bin", new MemoryStream(content)).AddBytes("tokenizer.json", content);

        using SealedModel model = _files.Open(await _files.SealAsync(package));
        using UnlockedModel unlocked = model.Unlock(_files.Key);

        foreach (SealedEntry entry in model.Manifest.Entries.Skip(1))
        {
            (await unlocked.ReadAllBytesAsync(entry.Path, Cancellation)).Should().Equal(content, entry.Path);
        }

        model.Manifest.Entries.Select(entry => entry.Path).Should().Equal("model.onnx", SealedFiles.ContentPath, "weights/file.bin", "weights/stream.bin", "tokenizer.json");
        File.Delete(path);
    }

    [Fact]
    public async Task Any_part_can_be_read()
    {
        byte[] content = SealedFiles.Content((3 << 20) + 12345);
        using SealedModel model = _files.Open(await _files.SealAsync(SealedFiles.Package(content)));
        using UnlockedModel unlocked = model.Unlock(_files.Key);
        Random random = new(5);
        for (int i = 0; i < 50; i++)
        {
            int offset = random.Next(content.Length);
            byte[] part = new byte[random.Next(content.Length - offset + 1)];

            unlocked.Read(SealedFiles.ContentPath, offset, part);

            part.Should().Equal(content.AsSpan(offset, part.Length).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task An_entry_can_be_streamed(int size)
    {
        byte[] content = SealedFiles.Content(size);
        using SealedModel model = _files.Open(await _files.SealAsync(SealedFiles.Package(content)));
        using UnlockedModel unlocked = model.Unlock(_files.Key);
        using MemoryStream copy = new();

        await unlocked.CopyToAsync(SealedFiles.ContentPath, copy, cancellationToken: Cancellation);

        copy.ToArray().Should().Equal(content);
    }

    [Fact]
    public async Task Native_memory_holds_the_content_and_is_kept_out_of_core_dumps()
    {
        byte[] content = SealedFiles.Content((5 << 20) + 3);
        using SealedModel model = _files.Open(await _files.SealAsync(SealedFiles.Package(content)));
        using UnlockedModel unlocked = model.Unlock(_files.Key);

        using SecretMemory memory = SecretMemory.Allocate(content.Length);
        await unlocked.FillAsync(SealedFiles.ContentPath, memory, Cancellation);

        memory.Slice(0, content.Length).ToArray().Should().Equal(content);
        memory.IsExcludedFromDumps.Should().Be(OperatingSystem.IsLinux());
    }

    [Fact]
    public async Task The_manifest_says_what_the_publisher_said()
    {
        SealOptions options = new() { Name = "digits", Version = "2.1", AllowEPContext = true, Metadata = { ["licence"] = "commercial", ["a"] = "b" } };
        using SealedModel model = _files.Open(await _files.SealAsync(SealedFiles.Package(new byte[3]), options));

        model.Manifest.Name.Should().Be("digits");
        model.Manifest.Version.Should().Be("2.1");
        model.Manifest.DeclaresEPContext.Should().BeTrue();
        model.Manifest.Metadata.Should().Equal(new Dictionary<string, string> { ["a"] = "b", ["licence"] = "commercial" });
        model.Manifest.CreatedAt.Should().BeCloseTo(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(5));
        model.Publisher.Should().Be(_files.Publisher.PublicKey);
    }

    [Fact]
    public async Task The_same_model_sealed_twice_has_two_identities_and_no_chunk_in_common()
    {
        byte[] content = new byte[100_000];
        byte[] first = await _files.SealAsync(SealedFiles.Package(content));
        byte[] second = await _files.SealAsync(SealedFiles.Package(content));

        using SealedModel one = _files.Open(first);
        using SealedModel other = _files.Open(second);

        one.Id.Should().NotBe(other.Id);
        first.AsSpan(4096, 1000).SequenceEqual(second.AsSpan(4096, 1000)).Should().BeFalse();
    }

    [Fact]
    public async Task A_stranger_s_key_opens_nothing()
    {
        byte[] file = await _files.SealAsync(SealedFiles.Package(new byte[3]));
        using PermissionIssuer stranger = PermissionIssuer.Create();
        using ContentKey other = ContentKey.Generate();

        FluentActions.Invoking(() => SealedModel.Open(new MemoryStream(file), stranger.PublicKey))
            .Should().Throw<SealedModelException>().Which.Failure.Should().Be(SealedModelFailure.UnknownPublisher);
        using SealedModel model = _files.Open(file);
        FluentActions.Invoking(() => model.Unlock(other))
            .Should().Throw<SealedModelException>().Which.Failure.Should().Be(SealedModelFailure.WrongKey);
    }

    [Fact]
    public async Task An_entry_that_is_not_there_is_named_with_those_that_are()
    {
        using SealedModel model = _files.Open(await _files.SealAsync(SealedFiles.Package(new byte[3])));
        using UnlockedModel unlocked = model.Unlock(_files.Key);

        FluentActions.Invoking(() => unlocked.Read("x.bin", 0, new byte[1]))
            .Should().Throw<SealedModelException>().WithMessage("*'x.bin'*model.onnx*").Which.Failure.Should().Be(SealedModelFailure.NoSuchEntry);
        FluentActions.Invoking(() => unlocked.Read(SealedFiles.ContentPath, 2, new byte[2])).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../up")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData(".")]
    [InlineData("C:/x")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    public void A_path_that_could_leave_its_folder_is_refused(string path)
    {
        FluentActions.Invoking(() => SealedFiles.Package(new byte[1]).AddBytes(path, new byte[1])).Should().Throw<ArgumentException>();
    }

    public void Dispose() => _files.Dispose();
}
