namespace Oml.Sdk.Sealing;

/// <summary>Why a sealed model was refused (docs/spec/sealed-model.md §8). The numbers are stable and never reused.</summary>
public enum SealedModelFailure
{
    /// <summary>No failure.</summary>
    None = 0,

    /// <summary>The file does not start as a sealed model does.</summary>
    NotASealedModel = 1,

    /// <summary>The file is of a later format than this version reads.</summary>
    UnsupportedVersion = 2,

    /// <summary>The file is shorter than its manifest says, or ends within its header.</summary>
    Truncated = 3,

    /// <summary>The file is longer than its manifest says, or has bytes where there must be none.</summary>
    TrailingData = 4,

    /// <summary>The manifest is not in the one form that the specification allows, or contradicts itself.</summary>
    MalformedManifest = 5,

    /// <summary>The manifest was signed by a key that is not trusted.</summary>
    UnknownPublisher = 6,

    /// <summary>The signature does not verify: the manifest was changed or another key signed it.</summary>
    BadSignature = 7,

    /// <summary>The encrypted data is not what the publisher signed for: a chunk, a hash or a salt was changed, moved or exchanged.</summary>
    Tampered = 8,

    /// <summary>The content key is not the one that the model was sealed with.</summary>
    WrongKey = 9,

    /// <summary>The publisher signed for data that its own key does not decrypt; the sealing went wrong.</summary>
    NotAuthentic = 10,

    /// <summary>There is no entry of the name that was asked for.</summary>
    NoSuchEntry = 11,

    /// <summary>The ONNX graph or its external data cannot be used: malformed, missing, or of a kind that was not declared.</summary>
    InvalidGraph = 12,

    /// <summary>The file could not be read.</summary>
    Unreadable = 13,
}
