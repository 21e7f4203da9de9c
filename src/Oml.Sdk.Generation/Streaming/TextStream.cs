namespace Oml.Sdk.Generation.Streaming;

/// <summary>The text of one generation: tokens in, text out that can be shown. Not thread-safe.</summary>
internal sealed class TextStream(ITextTokenizer? tokenizer, string[] stops)
{
    private readonly TextDecoder? _decoder = tokenizer is null ? null : new TextDecoder(tokenizer);
    private readonly StopStrings _stops = new(stops);

    /// <summary>Whether a stop string has come.</summary>
    public bool Stopped => _stops.Stopped;

    /// <summary>Takes a token and gives the text that is certain now.</summary>
    public string Add(int token) => _decoder is null ? "" : _stops.Add(_decoder.Add(token));

    /// <summary>Ends the text and gives what was held back.</summary>
    public string Finish() => _decoder is null || Stopped ? "" : _stops.Add(_decoder.Flush()) + _stops.Flush();
}
