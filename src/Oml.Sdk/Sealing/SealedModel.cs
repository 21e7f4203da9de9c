using Oml.Sdk.Sealing.Chunks;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing.Reading;
using Oml.Sdk.Sealing.Storage;

namespace Oml.Sdk.Sealing;

/// <summary>A sealed model: anybody can open it, read its manifest and check it; only the content key opens its contents.</summary>
/// <remarks>
/// Opening verifies the publisher's signature and that the file has exactly the layout that was signed for; <see cref="VerifyAsync"/>
/// hashes all of it. Thread-safe. Dispose it after what <see cref="Unlock"/> returned.
/// </remarks>
public sealed class SealedModel : IDisposable
{
    private readonly SealedStorage _storage;

    private SealedModel(SealedStorage storage, IReadOnlyList<IssuerPublicKey> publishers)
    {
        _storage = storage;
        try
        {
            SignedManifest signed = SignedManifest.Read(storage, publishers);
            Manifest = signed.Manifest;
            Id = signed.Id;
            Publisher = signed.Publisher;
        }
        catch
        {
            storage.Dispose();
            throw;
        }
    }

    /// <summary>The identity of the model, which permissions name: the SHA-256 of its manifest.</summary>
    public ModelId Id { get; }

    /// <summary>What the publisher signed.</summary>
    public SealedManifest Manifest { get; }

    /// <summary>The key that signed it, one of those that were trusted.</summary>
    public IssuerPublicKey Publisher { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The sealed model.</param>
    /// <param name="trustedPublishers">The keys that may have signed it; at least one.</param>
    /// <returns>The model; dispose it.</returns>
    /// <exception cref="SealedModelException">It is missing, damaged, no sealed model, or not signed by a trusted publisher.</exception>
    /// <exception cref="ArgumentException">Nobody is trusted.</exception>
    public static SealedModel Open(string path, params IEnumerable<IssuerPublicKey> trustedPublishers)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        IssuerPublicKey[] publishers = Trusted(trustedPublishers);
        return new SealedModel(FileStorage.Open(Path.GetFullPath(path)), publishers);
    }

    /// <summary>Opens a stream, from where it stands to its end.</summary>
    /// <param name="stream">A stream that can be read and can seek. It is read by one thread at a time, and stays open.</param>
    /// <param name="trustedPublishers">The keys that may have signed it; at least one.</param>
    /// <returns>The model; dispose it before the stream.</returns>
    /// <exception cref="SealedModelException">It is damaged, no sealed model, or not signed by a trusted publisher.</exception>
    /// <exception cref="ArgumentException">Nobody is trusted, or the stream cannot be read or cannot seek.</exception>
    public static SealedModel Open(Stream stream, params IEnumerable<IssuerPublicKey> trustedPublishers)
    {
        ArgumentNullException.ThrowIfNull(stream);
        IssuerPublicKey[] publishers = Trusted(trustedPublishers);
        return new SealedModel(new StreamStorage(stream), publishers);
    }

    /// <summary>Checks, without a key, that every byte is what the publisher signed for.</summary>
    /// <param name="progress">Told about ten times a second how far it has come.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>When all of it was found intact.</returns>
    /// <exception cref="SealedModelException">Something was changed; the message says where.</exception>
    public async Task VerifyAsync(IProgress<SealProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ProgressMeter meter = new(progress, Manifest.Entries.Sum(entry => entry.Size));
        foreach (SealedEntry entry in Manifest.Entries)
        {
            using EntryReader reader = EntryReader.Open(_storage, entry, []);
            await ParallelSegments.RunAsync(reader, (worker, segment) => 
                {
                    worker.ReadIntact(segment);
                    meter.Add(Segments.SizeOf(segment, entry.Size));
                }, cancellationToken)
                .ConfigureAwait(false);
        }

        meter.Finish();
    }

    /// <summary>Opens the contents.</summary>
    /// <param name="contentKey">The key that the model was sealed with. It is not kept: dispose it when you like.</param>
    /// <returns>The contents; dispose them before this.</returns>
    /// <exception cref="SealedModelException">It is another key (<see cref="SealedModelFailure.WrongKey"/>).</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public UnlockedModel Unlock(ContentKey contentKey)
    {
        ArgumentNullException.ThrowIfNull(contentKey);
        return new UnlockedModel(this, _storage, contentKey);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _storage.Dispose();

    private static IssuerPublicKey[] Trusted(IEnumerable<IssuerPublicKey> publishers)
    {
        ArgumentNullException.ThrowIfNull(publishers);
        IssuerPublicKey[] keys = [.. publishers];
        return keys.Length > 0 && Array.TrueForAll(keys, key => key is not null)
            ? keys
            : throw new ArgumentException("Nobody is trusted: give the public key of the model's publisher.", nameof(publishers));
    }
}
