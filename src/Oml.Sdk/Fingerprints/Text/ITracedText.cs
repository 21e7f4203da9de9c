namespace Oml.Sdk.Fingerprints.Text;

/// <summary>A text that was made ready to be tested against licensees. Thread-safe.</summary>
internal interface ITracedText
{
    /// <summary>The most tokens that any key can be tested with.</summary>
    int Tokens { get; }

    /// <summary>All tokens of the text.</summary>
    int Length { get; }

    /// <summary>The decimal logarithm of the smallest p-value that any key could reach.</summary>
    double StrongestPossibleLog10PValue { get; }

    /// <summary>Computes what the tests of all keys share, so that it can be stopped; otherwise the first of them does.</summary>
    void Prepare(CancellationToken cancellationToken);

    /// <summary>Tests a licensee's key.</summary>
    TextDetectionResult Test(ReadOnlySpan<byte> textKey, CancellationToken cancellationToken = default);
}
