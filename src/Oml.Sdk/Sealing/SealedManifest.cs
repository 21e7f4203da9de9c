using System.Collections.Immutable;

namespace Oml.Sdk.Sealing;

/// <summary>What a publisher signed about a sealed model (docs/spec/sealed-model.md §4). Immutable and thread-safe.</summary>
public sealed class SealedManifest
{
    internal SealedManifest()
    {
    }

    /// <summary>The name of the model, 1 to 256 bytes of UTF-8.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the model in its publisher's words, 1 to 128 bytes of UTF-8.</summary>
    public required string Version { get; init; }

    /// <summary>When it was sealed. A whole second.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The files in the model, in the order of the file.</summary>
    public required ImmutableArray<SealedEntry> Entries { get; init; }

    /// <summary>The entry that holds the ONNX graph.</summary>
    public required SealedEntry Graph { get; init; }

    /// <summary>What else the publisher says, sorted by key. May be empty. Anybody can read it.</summary>
    public required ImmutableSortedDictionary<string, string> Metadata { get; init; }

    /// <summary>Whether the graph may hold <c>EPContext</c> nodes, which carry native code for an execution provider.</summary>
    public required bool DeclaresEPContext { get; init; }

    /// <summary>Names the content key without telling it: a commitment to it, 32 bytes.</summary>
    public ReadOnlyMemory<byte> ContentKeyId => KeyId.AsMemory();

    internal ImmutableArray<byte> KeyId { get; init; }

    /// <summary>Where the first entry starts in the file.</summary>
    internal int BodyOffset { get; init; }

    /// <summary>The entry of a path, or null.</summary>
    /// <param name="path">A path, compared ordinally.</param>
    /// <returns>The entry, or null when there is none.</returns>
    public SealedEntry? FindEntry(string path)
    {
        foreach (SealedEntry entry in Entries)
        {
            if (entry.Path == path)
            {
                return entry;
            }
        }

        return null;
    }
}
