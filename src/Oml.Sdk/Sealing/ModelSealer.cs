using System.Collections.Immutable;
using Oml.Sdk.Sealing.Chunks;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing.Manifest;
using Oml.Sdk.Sealing.Storage;
using Oml.Sdk.Sealing.Writing;

namespace Oml.Sdk.Sealing;

/// <summary>Encrypts and signs a model of any size into one file that anybody may copy (docs/spec/sealed-model.md).</summary>
/// <remarks>
/// Content streams through: what is held in memory is about 2 MiB for each worker and 32 bytes for each MiB of content, whatever the
/// size. Thread-safe. It refers to the publisher and the key that it was given; their owner disposes them.
/// </remarks>
public sealed class ModelSealer
{
    private readonly PermissionIssuer _publisher;
    private readonly ContentKey _contentKey;
    private readonly TimeProvider _time;

    /// <summary>Creates a sealer.</summary>
    /// <param name="publisher">Signs the manifest; whoever opens the model trusts its public key.</param>
    /// <param name="contentKey">Encrypts the content. Keep it: without it nobody opens the model again.</param>
    /// <param name="timeProvider">The clock for the manifest; null for the system's.</param>
    public ModelSealer(PermissionIssuer publisher, ContentKey contentKey, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(publisher);
        ArgumentNullException.ThrowIfNull(contentKey);
        _publisher = publisher;
        _contentKey = contentKey;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Seals a package into a file.</summary>
    /// <param name="package">What to seal. Its streams are read from where they stood when they were added, a second time only if they can seek.</param>
    /// <param name="path">The file. It appears when it is whole and on the disk: it is written beside, under another name, first.</param>
    /// <param name="options">What to say about the model.</param>
    /// <param name="progress">Told about ten times a second how far it has come.</param>
    /// <param name="cancellationToken">Stops the work; nothing is left behind.</param>
    /// <returns>The identity of the sealed model, which permissions name.</returns>
    /// <exception cref="ArgumentException">An option or the package breaks a rule; the message says which.</exception>
    /// <exception cref="SealedModelException">The graph needs a file that is not there, or has what was not allowed; or a file changed meanwhile.</exception>
    /// <exception cref="InvalidOperationException">A stream that cannot seek was read by an earlier attempt, or the clock is before 1970.</exception>
    /// <exception cref="IOException">The file exists and may not be replaced, or the disk is full or cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The publisher or the key was disposed.</exception>
    public async Task<ModelId> SealAsync(
        ModelPackage package,
        string path,
        SealOptions options,
        IProgress<SealProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        using PendingFile file = PendingFile.Create(path, options.Overwrite);
        ModelId id = await SealAsync(package, new FileSink(file.Handle), options, progress, cancellationToken).ConfigureAwait(false);
        file.Commit();
        return id;
    }

    /// <summary>Seals a package into a stream.</summary>
    /// <param name="package">What to seal. Its streams are read from where they stood when they were added, a second time only if they can seek.</param>
    /// <param name="destination">Written from where it stands. It must be able to seek, as the header is written at last; it stays open.</param>
    /// <param name="options">What to say about the model.</param>
    /// <param name="progress">Told about ten times a second how far it has come.</param>
    /// <param name="cancellationToken">Stops the work; what was written cannot be opened.</param>
    /// <returns>The identity of the sealed model, which permissions name.</returns>
    /// <exception cref="ArgumentException">An option or the package breaks a rule, or the stream cannot be written or cannot seek.</exception>
    public Task<ModelId> SealAsync(
        ModelPackage package,
        Stream destination,
        SealOptions options,
        IProgress<SealProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return SealAsync(package, new StreamSink(destination), options, progress, cancellationToken);
    }

    private async Task<ModelId> SealAsync(
        ModelPackage package, SealedSink sink, SealOptions options, IProgress<SealProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(nameof(options));
        package.Check(options);
        DateTimeOffset now = _time.GetUtcNow();
        if (now < DateTimeOffset.UnixEpoch)
        {
            throw new InvalidOperationException($"The clock says {now:u}, before 1970: set it before models are sealed.");
        }

        using SecretBytes key = _contentKey.CopySecret();
        ManifestDraft draft = new(package, options, [.. ContentKeyId.Of(key.Read(this))], now);
        int bodyOffset = draft.ReserveHeader(_publisher);
        await sink.WriteAsync(0, new byte[bodyOffset], cancellationToken).ConfigureAwait(false);

        ProgressMeter meter = new(progress, package.Files.Any(file => file.Length is null) ? null : package.Files.Sum(file => file.Length));
        ImmutableArray<SealedEntry>.Builder entries = ImmutableArray.CreateBuilder<SealedEntry>(package.Files.Count);
        long offset = bodyOffset;
        foreach (PackageFile file in package.Files)
        {
            Stream content = file.Open();
            await using (content.ConfigureAwait(false))
            {
                using EntryWriter writer = new(file.Path, content, key.Read(this), sink, offset, meter);
                SealedEntry entry = await writer.WriteAsync(options.WorkerCount, cancellationToken).ConfigureAwait(false);
                package.CheckSealed(file, entry.Size);
                entries.Add(entry);
                offset += entry.SealedSize;
            }
        }

        byte[] manifest = ManifestEncoder.Encode(draft.Complete(entries.ToImmutable(), bodyOffset));
        byte[] signed = _publisher.SignMessage(ManifestEncoder.Type, manifest);
        byte[] header = new byte[FileHeader.Size + signed.Length];
        FileHeader.Write(header, signed.Length);
        signed.CopyTo(header, FileHeader.Size);
        await sink.WriteAsync(0, header, cancellationToken).ConfigureAwait(false);
        sink.Finish(offset);
        meter.Finish();
        return ModelId.Compute(manifest);
    }
}
