using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Chunks;

namespace Oml.Sdk.Tests.Sealing;

/// <summary>Attacks on a file of several segments and entries: at every bound, and with pieces of it in each other's places.</summary>
public sealed class SealedModelSegmentTests : IAsyncLifetime
{
    private const string OtherPath = "weights/other.bin";
    private const int Size = (3 << 20) + (2 * ChunkLayout.ChunkSize) + 100;

    private readonly SealedFiles _files = new();
    private byte[] _file = [];
    private SealedManifest _manifest = null!;

    private SealedEntry Entry => _manifest.FindEntry(SealedFiles.ContentPath)!;

    private SealedEntry Other => _manifest.FindEntry(OtherPath)!;

    public async ValueTask InitializeAsync()
    {
        _file = await _files.SealAsync(SealedFiles.Package(SealedFiles.Content(Size)).AddBytes(OtherPath, SealedFiles.Content(Size, seed: 2)));
        using SealedModel model = _files.Open(_file);
        _manifest = model.Manifest;
        Segments.Count(Size).Should().Be(4);
    }

    public ValueTask DisposeAsync()
    {
        _files.Dispose();
        return default;
    }

    [Fact]
    public void A_flipped_bit_at_any_bound_of_any_chunk_is_refused_where_it_is_read()
    {
        for (long chunk = 0; chunk < ChunkLayout.CountChunks(Size); chunk++)
        {
            int start = ChunkOffset(Entry, chunk);
            int end = start + ChunkLayout.SizeOf(chunk, Size) + ChunkLayout.TagSize;
            foreach (int position in (int[])[start, end - ChunkLayout.TagSize - 1, end - ChunkLayout.TagSize, end - 1])
            {
                _file[position] ^= (byte)(1 << (position % 8));

                ReadFailure(chunk * ChunkLayout.ChunkSize).Should().Be(SealedModelFailure.Tampered, "byte {0} in chunk {1} was changed", position, chunk);

                _file[position] ^= (byte)(1 << (position % 8));
            }
        }

        ReadFailure(0).Should().Be(SealedModelFailure.None);
    }

    [Fact]
    public async Task Every_flipped_bit_at_a_bound_of_segments_is_refused_with_and_without_the_key()
    {
        for (long segment = 1; segment < Segments.Count(Size); segment++)
        {
            int start = SegmentOffset(Entry, segment);
            for (int bit = 0; bit < 16; bit++)
            {
                int position = start - 1 + (bit / 8);
                _file[position] ^= (byte)(1 << (bit % 8));

                await BeTamperedAsync();

                _file[position] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Every_flipped_bit_in_the_roots_of_the_segments_is_refused()
    {
        for (int i = 0; i < Segments.TableSize(Size) * 8; i++)
        {
            int position = (int)Entry.TableOffset + (i / 8);
            _file[position] ^= (byte)(1 << (i % 8));

            ReadFailure(0).Should().Be(SealedModelFailure.Tampered);

            _file[position] ^= (byte)(1 << (i % 8));
        }
    }

    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(0, 1, true)]
    [InlineData(1, 2, true)]
    public async Task Segments_in_each_other_s_places_are_refused(long one, long two, bool withRoots)
    {
        Swap(SegmentOffset(Entry, one), SegmentOffset(Entry, two), Segments.SealedSize);
        if (withRoots)
        {
            Swap(RootOffset(Entry, one), RootOffset(Entry, two), ChunkHasher.HashSize);
        }

        await BeTamperedAsync();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public async Task Segments_of_another_entry_are_refused(long segment, bool withRoots)
    {
        Swap(SegmentOffset(Entry, segment), SegmentOffset(Other, segment), Segments.SealedSizeOf(segment, Size));
        if (withRoots)
        {
            Swap(RootOffset(Entry, segment), RootOffset(Other, segment), ChunkHasher.HashSize);
        }

        await BeTamperedAsync();
    }

    [Fact]
    public async Task Whole_entries_in_each_other_s_places_are_refused()
    {
        Swap((int)Entry.Offset, (int)Other.Offset, (int)Entry.SealedSize);

        await BeTamperedAsync();
    }

    [Theory]
    [InlineData(3, 64 + 3)]
    [InlineData(63, 64)]
    [InlineData(0, 128)]
    [InlineData(1, 192)]
    public async Task Chunks_of_another_segment_are_refused(long one, long two)
    {
        Swap(ChunkOffset(Entry, one), ChunkOffset(Entry, two), ChunkLayout.SealedChunkSize);

        await BeTamperedAsync();
    }

    [Fact]
    public async Task A_file_that_was_cut_at_any_bound_is_refused_also_when_zeros_make_up_for_it()
    {
        int[] chunks = [.. Enumerable.Range(0, (int)ChunkLayout.CountChunks(Size)).SelectMany(chunk => (int[])[ChunkOffset(Entry, chunk), ChunkOffset(Other, chunk)])];
        int[] segments = [.. Enumerable.Range(0, (int)Segments.Count(Size)).SelectMany(segment => (int[])
            [SegmentOffset(Entry, segment), RootOffset(Entry, segment), SegmentOffset(Other, segment), RootOffset(Other, segment)])];
        foreach (int bound in (int[])[.. chunks, .. segments, (int)Entry.Offset, (int)Other.Offset, _file.Length - 1])
        {
            OpenFailure(_file[..bound]).Should().Be(SealedModelFailure.Truncated, "the file was cut after {0} bytes", bound);
        }

        foreach (int bound in segments)
        {
            byte[] padded = new byte[_file.Length];
            _file.AsSpan(0, bound).CopyTo(padded);
            (await _files.VerifyFailureAsync(padded)).Should().Be(SealedModelFailure.Tampered, "zeros follow after {0} bytes", bound);
            (await _files.ReadFailureAsync(padded)).Should().Be(SealedModelFailure.Tampered, "zeros follow after {0} bytes", bound);
        }
    }

    private static int SegmentOffset(SealedEntry entry, long segment) => (int)(entry.ChunksOffset + (segment * Segments.SealedSize));

    private static int ChunkOffset(SealedEntry entry, long chunk) => (int)(entry.ChunksOffset + (chunk * ChunkLayout.SealedChunkSize));

    private static int RootOffset(SealedEntry entry, long segment) => (int)(entry.TableOffset + (segment * ChunkHasher.HashSize));

    private async Task BeTamperedAsync()
    {
        (await _files.VerifyFailureAsync(_file)).Should().Be(SealedModelFailure.Tampered);
        (await _files.ReadFailureAsync(_file)).Should().Be(SealedModelFailure.Tampered);
    }

    private void Swap(int one, int two, int length)
    {
        byte[] kept = _file.AsSpan(one, length).ToArray();
        _file.AsSpan(two, length).CopyTo(_file.AsSpan(one));
        kept.CopyTo(_file, two);
    }

    private SealedModelFailure OpenFailure(byte[] file)
    {
        try
        {
            _files.Open(file).Dispose();
            return SealedModelFailure.None;
        }
        catch (SealedModelException error)
        {
            return error.Failure;
        }
    }

    private SealedModelFailure ReadFailure(long offset)
    {
        try
        {
            using SealedModel model = _files.Open(_file);
            using UnlockedModel contents = model.Unlock(_files.Key);
            contents.Read(SealedFiles.ContentPath, offset, new byte[1]);
            return SealedModelFailure.None;
        }
        catch (SealedModelException error)
        {
            return error.Failure;
        }
    }
}
