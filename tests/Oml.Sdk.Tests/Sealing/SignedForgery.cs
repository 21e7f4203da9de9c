using System.Collections.Immutable;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Chunks;
using Oml.Sdk.Sealing.Manifest;

namespace Oml.Sdk.Tests.Sealing;

/// <summary>What a publisher who makes mistakes signs: sealed models that are intact and wrong.</summary>
internal static class SignedForgery
{
    /// <summary>An entry whose commitment is not that of the content key.</summary>
    public static byte[] WithOtherCommitment(byte[] file, SealedManifest manifest, PermissionIssuer publisher, string path)
    {
        byte[] changed = (byte[])file.Clone();
        SealedEntry entry = manifest.FindEntry(path)!;
        Span<byte> commitment = changed.AsSpan((int)entry.Offset + ChunkLayout.SaltSize, ChunkLayout.CommitmentSize);
        commitment[0] ^= 1;
        ImmutableArray<byte> signed = [.. commitment];
        return Sign(changed, manifest, publisher, manifest.Graph.Path, one => one.Path == path ? Copy(one, one.Root, signed) : one);
    }

    /// <summary>An entry whose first chunk is not authentic, though its hashes are those that are signed for.</summary>
    public static byte[] WithOtherChunk(byte[] file, SealedManifest manifest, PermissionIssuer publisher, string path)
    {
        byte[] changed = (byte[])file.Clone();
        SealedEntry entry = manifest.FindEntry(path)!;
        changed[(int)entry.ChunksOffset] ^= 1;
        using ChunkHasher hasher = new();
        long count = ChunkLayout.CountChunks(entry.Size);
        byte[] leaves = new byte[count * ChunkHasher.HashSize];
        for (int chunk = 0; chunk < count; chunk++)
        {
            int length = ChunkLayout.SizeOf(chunk, entry.Size) + ChunkLayout.TagSize;
            ReadOnlySpan<byte> bytes = changed.AsSpan((int)entry.ChunksOffset + (chunk * ChunkLayout.SealedChunkSize), length);
            hasher.Leaf(bytes, leaves.AsSpan(chunk * ChunkHasher.HashSize, ChunkHasher.HashSize));
        }

        // One segment, so that its root is the entry's.
        Segments.Count(entry.Size).Should().Be(1);
        byte[] root = new byte[ChunkHasher.HashSize];
        hasher.Root(leaves, root);
        root.CopyTo(changed, entry.TableOffset);
        return Sign(changed, manifest, publisher, manifest.Graph.Path, one => one.Path == path ? Copy(one, [.. root], one.Commitment) : one);
    }

    /// <summary>A model whose graph is said to be another entry.</summary>
    public static byte[] WithOtherGraph(byte[] file, SealedManifest manifest, PermissionIssuer publisher, string path) =>
        Sign((byte[])file.Clone(), manifest, publisher, path, one => one);

    private static SealedEntry Copy(SealedEntry entry, ImmutableArray<byte> root, ImmutableArray<byte> commitment) =>
        new(entry.Path, entry.Size) { Root = root, Salt = entry.Salt, Commitment = commitment, Offset = entry.Offset };

    private static byte[] Sign(
        byte[] file, SealedManifest manifest, PermissionIssuer publisher, string graph, Func<SealedEntry, SealedEntry> change)
    {
        ImmutableArray<SealedEntry> entries = [.. manifest.Entries.Select(change)];
        byte[] signed = publisher.SignMessage(ManifestEncoder.Type, ManifestEncoder.Encode(new SealedManifest
        {
            Name = manifest.Name,
            Version = manifest.Version,
            CreatedAt = manifest.CreatedAt,
            Entries = entries,
            Graph = entries.Single(entry => entry.Path == graph),
            Metadata = manifest.Metadata,
            DeclaresEPContext = manifest.DeclaresEPContext,
            KeyId = manifest.KeyId,
            BodyOffset = manifest.BodyOffset,
        }));
        file.AsSpan(0, manifest.BodyOffset).Clear();
        FileHeader.Write(file, signed.Length);
        signed.CopyTo(file, FileHeader.Size);
        return file;
    }
}
