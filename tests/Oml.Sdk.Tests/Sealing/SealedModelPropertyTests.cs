using Oml.Sdk.Sealing;

namespace Oml.Sdk.Tests.Sealing;

public sealed class SealedModelPropertyTests : IDisposable
{
    private const int MaxEntries = 12;
    private const int MaxSize = 3 << 20;
    private const int ChunkSize = 16 * 1024;
    private const int ReadsPerModel = 60;

    private readonly SealedFiles _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Whatever_was_sealed_any_part_of_it_is_read_as_it_was(int seed)
    {
        Random random = new(seed);
        Dictionary<string, byte[]> sources = Sources(random);
        ModelPackage package = new("model.onnx", SealedFiles.Graph);
        foreach ((string path, byte[] content) in sources)
        {
            _ = random.Next(2) == 0 ? package.AddBytes(path, content) : package.AddStream(path, new MemoryStream(content));
        }

        byte[] file = await _files.SealAsync(package, new SealOptions { Name = "random", Workers = random.Next(5) });
        using SealedModel model = _files.Open(file);
        await model.VerifyAsync(cancellationToken: Cancellation);
        using UnlockedModel contents = model.Unlock(_files.Key);

        model.Manifest.Entries.Skip(1).Select(entry => (entry.Path, entry.Size))
            .Should().Equal(sources.Select(source => (source.Key, (long)source.Value.Length)));
        string[] paths = [.. sources.Keys];
        for (int i = 0; i < ReadsPerModel; i++)
        {
            string path = paths[random.Next(paths.Length)];
            byte[] source = sources[path];
            int offset = random.Next(source.Length + 1);
            byte[] part = new byte[random.Next(source.Length - offset + 1)];

            contents.Read(path, offset, part);

            part.AsSpan().SequenceEqual(source.AsSpan(offset, part.Length)).Should().BeTrue($"{path} is the same from {offset} on for {part.Length}");
        }

        foreach ((string path, byte[] content) in sources)
        {
            (await contents.ReadAllBytesAsync(path, Cancellation)).AsSpan().SequenceEqual(content).Should().BeTrue(path);
        }
    }

    private static Dictionary<string, byte[]> Sources(Random random)
    {
        Dictionary<string, byte[]> sources = [];
        int count = random.Next(1, MaxEntries + 1);
        for (int i = 0; i < count; i++)
        {
            IEnumerable<string> folders = Enumerable.Range(0, random.Next(5)).Select(_ => $"folder {random.Next(3)}");
            byte[] content = new byte[Size(random)];
            random.NextBytes(content);
            sources.Add(string.Join('/', [.. folders, $"file-{i}.bin"]), content);
        }

        return sources;
    }

    // Half of the sizes are at the edge of a chunk, where mistakes are.
    private static int Size(Random random) => random.Next(2) == 0
        ? random.Next(MaxSize + 1)
        : Math.Clamp((random.Next((MaxSize / ChunkSize) + 1) * ChunkSize) + random.Next(-1, 2), 0, MaxSize);
}
