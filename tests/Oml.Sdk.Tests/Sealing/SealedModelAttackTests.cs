using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Chunks;

namespace Oml.Sdk.Tests.Sealing;

/// <summary>What somebody does to a sealed file, with and without its content key; each is refused before anything is returned.</summary>
public sealed class SealedModelAttackTests : IAsyncLifetime
{
    private const int HeaderSize = 16;

    private readonly SealedFiles _files = new();
    private readonly byte[] _content = SealedFiles.Content((2 * 16384) + 100);
    private byte[] _file = [];
    private SealedManifest _manifest = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SealedEntry Entry => _manifest.FindEntry(SealedFiles.ContentPath)!;

    public async ValueTask InitializeAsync()
    {
        _file = await _files.SealAsync(SealedFiles.Package(_content));
        using SealedModel model = _files.Open(_file);
        _manifest = model.Manifest;
    }

    public ValueTask DisposeAsync()
    {
        _files.Dispose();
        return default;
    }

    [Fact]
    public void Every_flipped_bit_before_the_body_is_refused_on_opening()
    {
        for (int i = 0; i < _manifest.BodyOffset; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = Flip(_file, i, bit);

                Failure(() => _files.Open(changed).Dispose()).Should().BeOneOf(
                    [
                        SealedModelFailure.NotASealedModel, SealedModelFailure.UnsupportedVersion, SealedModelFailure.Truncated,
                        SealedModelFailure.TrailingData, SealedModelFailure.MalformedManifest, SealedModelFailure.UnknownPublisher,
                        SealedModelFailure.BadSignature,
                    ],
                    "bit {0} of byte {1} was flipped", bit, i);
            }
        }
    }

    [Fact]
    public async Task Every_flipped_bit_at_the_boundaries_of_chunks_is_refused_with_and_without_the_key()
    {
        foreach (int position in Boundaries(Entry).Concat(Boundaries(_manifest.Graph)).Distinct())
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = Flip(_file, position, bit);

                (await VerifyFailureAsync(changed)).Should().Be(SealedModelFailure.Tampered, "bit {0} of byte {1} was flipped", bit, position);
                (await ReadFailureAsync(changed)).Should().Be(SealedModelFailure.Tampered, "bit {0} of byte {1} was flipped", bit, position);
            }
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (int length = 0; length < _file.Length; length += length < 6000 ? 1 : 97)
        {
            Failure(() => _files.Open(_file[..length]).Dispose()).Should().Be(
                length < 8 ? SealedModelFailure.NotASealedModel : SealedModelFailure.Truncated, "the file was cut after {0} bytes", length);
        }
    }

    [Fact]
    public void Bytes_behind_the_end_are_refused() =>
        Failure(() => _files.Open([.. _file, 0]).Dispose()).Should().Be(SealedModelFailure.TrailingData);

    [Fact]
    public void A_length_that_the_file_does_not_have_is_not_allocated()
    {
        byte[] changed = (byte[])_file.Clone();
        BitConverter.TryWriteBytes(changed.AsSpan(12), int.MaxValue);

        Failure(() => _files.Open(changed).Dispose()).Should().Be(SealedModelFailure.MalformedManifest);
    }

    [Fact]
    public void A_later_format_is_told_from_damage()
    {
        byte[] changed = (byte[])_file.Clone();
        changed[8] = 2;

        FluentActions.Invoking(() => _files.Open(changed)).Should().Throw<SealedModelException>().WithMessage("*format 2*Update*")
            .Which.Failure.Should().Be(SealedModelFailure.UnsupportedVersion);
    }

    [Fact]
    public async Task Swapped_chunks_are_refused()
    {
        byte[] changed = (byte[])_file.Clone();
        Span<byte> first = changed.AsSpan((int)Entry.ChunksOffset, ChunkLayout.SealedChunkSize);
        Span<byte> second = changed.AsSpan((int)Entry.ChunksOffset + ChunkLayout.SealedChunkSize, ChunkLayout.SealedChunkSize);
        byte[] kept = first.ToArray();
        second.CopyTo(first);
        kept.CopyTo(second);

        (await ReadFailureAsync(changed)).Should().Be(SealedModelFailure.Tampered);
    }

    [Fact]
    public async Task An_entry_of_another_model_under_the_same_key_is_refused()
    {
        byte[] other = await _files.SealAsync(SealedFiles.Package(SealedFiles.Content(_content.Length, seed: 2)));
        byte[] changed = (byte[])_file.Clone();
        other.AsSpan((int)Entry.Offset, (int)Entry.SealedSize).CopyTo(changed.AsSpan((int)Entry.Offset));

        (await ReadFailureAsync(changed)).Should().Be(SealedModelFailure.Tampered);
        (await VerifyFailureAsync(changed)).Should().Be(SealedModelFailure.Tampered);
    }

    [Fact]
    public async Task The_manifest_of_another_model_is_refused()
    {
        byte[] other = await _files.SealAsync(SealedFiles.Package(SealedFiles.Content(_content.Length, seed: 2)));
        byte[] changed = (byte[])_file.Clone();
        other.AsSpan(0, _manifest.BodyOffset).CopyTo(changed);

        (await ReadFailureAsync(changed)).Should().Be(SealedModelFailure.Tampered);
    }

    [Fact]
    public async Task Weights_that_a_licensee_encrypted_anew_under_the_content_key_are_refused()
    {
        byte[] changed = (byte[])_file.Clone();
        byte[] plaintext = _content[..ChunkLayout.ChunkSize];
        plaintext[7] ^= 1;
        using ChunkKeys keys = ChunkKeys.Derive(_files.Key.Export(), Entry.Salt.AsSpan(), EntryContext.Of(Entry.Path));
        using ChunkCipher cipher = keys.CreateCipher();
        Span<byte> chunk = changed.AsSpan((int)Entry.ChunksOffset, ChunkLayout.SealedChunkSize);
        cipher.Encrypt(0, plaintext, chunk);
        cipher.TryDecrypt(0, chunk, new byte[ChunkLayout.ChunkSize]).Should().BeTrue("the forgery is authentic to AES-GCM");

        (await ReadFailureAsync(changed)).Should().Be(SealedModelFailure.Tampered);

        // Its hash put right as well, so that only the signed root can tell.
        using ChunkHasher hasher = new();
        byte[] leaves = new byte[3 * ChunkHasher.HashSize];
        for (int i = 0; i < 3; i++)
        {
            int length = ChunkLayout.SizeOf(i, _content.Length) + ChunkLayout.TagSize;
            hasher.Leaf(
                changed.AsSpan((int)Entry.ChunksOffset + (i * ChunkLayout.SealedChunkSize), length), leaves.AsSpan(i * ChunkHasher.HashSize, ChunkHasher.HashSize));
        }

        hasher.Root(leaves, changed.AsSpan((int)Entry.TableOffset, ChunkHasher.HashSize));
        (await ReadFailureAsync(changed)).Should().Be(SealedModelFailure.Tampered);
    }

    [Fact]
    public void A_permission_is_not_a_manifest()
    {
        byte[] permission = _files.Publisher.Issue(
            new PermissionRequest { Licensee = "x", Model = ModelId.Compute([1]), Lifetime = TimeSpan.FromHours(1) });
        byte[] changed = new byte[_manifest.BodyOffset];
        _file.AsSpan(0, HeaderSize).CopyTo(changed);
        BitConverter.TryWriteBytes(changed.AsSpan(12), permission.Length);
        permission.CopyTo(changed, HeaderSize);

        Failure(() => _files.Open(changed).Dispose()).Should().Be(SealedModelFailure.MalformedManifest);
    }

    [Fact]
    public async Task Messages_hold_no_key_and_say_what_to_do()
    {
        byte[] changed = Flip(_file, (int)Entry.ChunksOffset, 0);
        using SealedModel model = _files.Open(changed);
        using UnlockedModel unlocked = model.Unlock(_files.Key);

        SealedModelException error = (await FluentActions.Awaiting(() => unlocked.ReadAllBytesAsync(Entry.Path, Cancellation))
            .Should().ThrowAsync<SealedModelException>()).Which;

        error.Message.Should().Contain(Entry.Path).And.Contain("bytes 0 to").And.Contain("Get the file again");
        error.ToString().Should().NotContainEquivalentOf(Convert.ToHexString(_files.Key.Export()));
    }

    private static IEnumerable<int> Boundaries(SealedEntry entry)
    {
        for (int i = 0; i < ChunkLayout.HeaderSize; i++)
        {
            yield return (int)entry.Offset + i;
        }

        for (int chunk = 0; chunk < ChunkLayout.CountChunks(entry.Size); chunk++)
        {
            int start = (int)entry.ChunksOffset + (chunk * ChunkLayout.SealedChunkSize);
            int end = start + ChunkLayout.SizeOf(chunk, entry.Size);
            yield return start;
            for (int i = Math.Max(start, end - 2); i < end + ChunkLayout.TagSize; i++)
            {
                yield return i;
            }
        }

        for (int i = 0; i < Segments.TableSize(entry.Size); i++)
        {
            yield return (int)entry.TableOffset + i;
        }
    }

    private static byte[] Flip(byte[] file, int position, int bit)
    {
        byte[] changed = (byte[])file.Clone();
        changed[position] ^= (byte)(1 << bit);
        return changed;
    }

    private static SealedModelFailure Failure(Action action)
    {
        try
        {
            action();
            return SealedModelFailure.None;
        }
        catch (SealedModelException error)
        {
            return error.Failure;
        }
    }

    private Task<SealedModelFailure> VerifyFailureAsync(byte[] file) => _files.VerifyFailureAsync(file);

    private Task<SealedModelFailure> ReadFailureAsync(byte[] file) => _files.ReadFailureAsync(file);
}
