using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing.Manifest;
using Oml.Sdk.Sealing.Storage;

namespace Oml.Sdk.Sealing.Reading;

/// <summary>Reads the front of a sealed model: header, signature, manifest, and that the file is exactly as long as they say.</summary>
internal sealed record SignedManifest(SealedManifest Manifest, ModelId Id, IssuerPublicKey Publisher)
{
    /// <exception cref="SealedModelException">The file is refused; the failure says why.</exception>
    public static SignedManifest Read(SealedStorage storage, IReadOnlyList<IssuerPublicKey> publishers)
    {
        byte[] header = new byte[(int)Math.Min(FileHeader.Size, storage.Length)];
        storage.Read(0, header);
        int length = FileHeader.Read(header, storage.Name);
        if (storage.Length < FileHeader.Size + length)
        {
            throw Fail(storage, SealedModelFailure.Truncated, "ends within its manifest");
        }

        byte[] signed = new byte[length];
        storage.Read(FileHeader.Size, signed);
        try
        {
            TokenEnvelope envelope = TokenEnvelope.Read(signed);
            IssuerPublicKey publisher = Verify(storage, signed, envelope, publishers);
            SealedManifest manifest = ManifestReader.Read(envelope.Payload);
            CheckLayout(storage, manifest, FileHeader.Size + length);
            return new SignedManifest(manifest, ModelId.Compute(envelope.Payload.Span), publisher);
        }
        catch (MalformedTokenException error)
        {
            throw Fail(storage, SealedModelFailure.MalformedManifest, $"has a manifest that cannot be used: {error.Message}");
        }
    }

    private static IssuerPublicKey Verify(
        SealedStorage storage, byte[] signed, in TokenEnvelope envelope, IReadOnlyList<IssuerPublicKey> publishers)
    {
        if (!envelope.Type.Span.SequenceEqual(ManifestEncoder.Type))
        {
            throw new MalformedTokenException("it is another kind of signed statement");
        }

        KeyThumbprint keyId = envelope.KeyId;
        IssuerPublicKey publisher = publishers.FirstOrDefault(key => key.Thumbprint == keyId) ?? throw Fail(
            storage,
            SealedModelFailure.UnknownPublisher,
            $"was signed with the key {keyId.ToUri()}, which is not trusted. Get the publisher's public key from a source that you trust");

        // The trusted key says which algorithm it is for; the file only has to agree.
        if (envelope.Algorithm != (long)publisher.Algorithm || envelope.HasCriticalHeaders || envelope.SignatureBytes != publisher.SignatureBytes)
        {
            throw new MalformedTokenException("its signature is of another kind than its publisher's key");
        }

        return HasGoodSignature(signed, publisher)
            ? publisher
            : throw Fail(storage, SealedModelFailure.BadSignature, "has a manifest that its publisher did not sign: it was changed. Get the file again");
    }

    private static bool HasGoodSignature(byte[] signed, IssuerPublicKey key)
    {
        try
        {
            return key.Verify(CoseMessage.DecodeSign1(signed));
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static void CheckLayout(SealedStorage storage, SealedManifest manifest, int headerEnd)
    {
        // A body that starts later than it must would leave room for bytes that nobody signed.
        int padding = manifest.BodyOffset - headerEnd;
        if (padding < 0)
        {
            throw new MalformedTokenException("its body starts within it");
        }

        SealedEntry last = manifest.Entries[^1];
        long end = last.Offset + last.SealedSize;
        if (storage.Length != end)
        {
            throw storage.Length < end
                ? Fail(storage, SealedModelFailure.Truncated, $"has {storage.Length} bytes where its manifest says {end}: get the file again")
                : Fail(storage, SealedModelFailure.TrailingData, $"has {storage.Length} bytes where its manifest says {end}");
        }

        byte[] zeros = new byte[padding];
        storage.Read(headerEnd, zeros);
        if (zeros.AsSpan().ContainsAnyExcept((byte)0))
        {
            throw Fail(storage, SealedModelFailure.TrailingData, "has bytes between its manifest and its body, where zeros must be");
        }
    }

    private static SealedModelException Fail(SealedStorage storage, SealedModelFailure failure, string what) =>
        new(failure, $"The sealed model '{storage.Name}' {what}.");
}
