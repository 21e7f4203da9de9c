namespace Oml.Sdk.Sealing;

/// <summary>A licensee's copy of a plain model. Immutable.</summary>
public sealed class BakedModel
{
    internal BakedModel(byte[] content, BakedFingerprint fingerprint)
    {
        Content = content;
        Fingerprint = fingerprint;
    }

    /// <summary>The bytes of its ONNX file. External data that it names is that of the clean model.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>What it carries.</summary>
    public BakedFingerprint Fingerprint { get; }
}
