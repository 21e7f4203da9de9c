namespace Oml.Sdk.Generation.Decoding;

/// <summary>What an input of a decoder is for.</summary>
internal enum DecoderRole
{
    /// <summary>The tokens, [1, n].</summary>
    Tokens,

    /// <summary>A one for each token so far, those of the cache included.</summary>
    Mask,

    /// <summary>The places of the tokens.</summary>
    Positions,

    /// <summary>Whether the cache holds something: models that two exports were merged into ask for it.</summary>
    UseCache,

    /// <summary>A part of the cache.</summary>
    Past,
}
