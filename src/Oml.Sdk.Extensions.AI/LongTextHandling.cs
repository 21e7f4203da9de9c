namespace Oml.Sdk.Extensions.AI;

/// <summary>What becomes of a text with more tokens than an embedding model takes.</summary>
public enum LongTextHandling
{
    /// <summary>It is refused, before anything is paid.</summary>
    Refuse = 1,

    /// <summary>Its end is left out; the tokens that the options put around texts are kept.</summary>
    Truncate = 2,
}
