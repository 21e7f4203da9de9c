using Oml.Sdk.Sealing.Chunks;

namespace Oml.Sdk.Tests.Sealing.Chunks;

public sealed class ChunkLayoutTests
{
    public static TheoryData<long> Sizes => [0, 1, 16383, 16384, 16385, 32768, 1048575, 1048576, 1048577, 140_000_000_000, ChunkLayout.MaxSize];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_size_of_a_message_follows_from_the_length_of_its_chunks(long size)
    {
        ChunkLayout.TryGetSize(ChunkLayout.SealedBodySize(size), out long found).Should().BeTrue();
        found.Should().Be(size);
        ChunkLayout.SizeOf(ChunkLayout.CountChunks(size) - 1, size).Should().BeLessThan(ChunkLayout.ChunkSize);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16400)]
    [InlineData(16415)]
    [InlineData(2 * 16400)]
    public void No_message_has_chunks_of_another_length(long length) => ChunkLayout.TryGetSize(length, out _).Should().BeFalse();

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Segments_cover_a_message_without_gaps(long size)
    {
        long segments = Segments.Count(size);
        long last = segments - 1;

        ((last * Segments.Size) + Segments.SizeOf(last, size)).Should().Be(size);
        ((last * Segments.SealedSize) + Segments.SealedSizeOf(last, size)).Should().Be(ChunkLayout.SealedBodySize(size));
        ((last * Segments.Chunks) + Segments.ChunksOf(last, size)).Should().Be(ChunkLayout.CountChunks(size));
    }
}
