using System.Text;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Extensions.AI.Tests.Support;

/// <summary>A chat client with all that stands behind it.</summary>
internal sealed class Talk : IAsyncDisposable
{
    private readonly Licensed _model;

    private Talk(Licensed model, OmlSession session, TextGenerator generator, RecordingTokenizer tokenizer, OmlChatClient client)
    {
        _model = model;
        Session = session;
        Generator = generator;
        Tokenizer = tokenizer;
        Client = client;
    }

    /// <summary>A conversation of one message.</summary>
    public static ChatMessage[] Hello { get; } = [new(ChatRole.User, "Hello")];

    public OmlSession Session { get; }

    public TextGenerator Generator { get; }

    public RecordingTokenizer Tokenizer { get; }

    public OmlChatClient Client { get; }

    public OmlModel Model => _model.Model;

    public long Units => Session.UnitsSpent;

    /// <summary>A model that answers with one story, letter by letter, and then with token 0, which ends texts.</summary>
    public static Language Story(string story, string after = "Assistant:")
    {
        byte[] told = Encoding.UTF8.GetBytes(story);
        byte[] mark = Encoding.UTF8.GetBytes(after);
        return new Language(new([Signatures.Ids()], [Signatures.Logits(256)]), text =>
        {
            byte[] bytes = [.. text.Select(token => (byte)token)];
            int begin = bytes.AsSpan().LastIndexOf(mark);
            int place = begin < 0 ? told.Length : bytes.Length - begin - mark.Length;
            float[] row = new float[256];

            // So likely that chance does not matter.
            row[place < told.Length ? told[place] : 0] = 90;
            return row;
        });
    }

    public static Task<Talk> TellAsync(string story, OmlChatClientOptions? options = null, int? context = null, long? quota = null) =>
        StartAsync(Story(story), options, new TextGeneratorOptions { ContextLength = context }, quota: quota);

    /// <summary>A model whose answer depends on every draw.</summary>
    public static Task<Talk> MixedAsync(OmlChatClientOptions? options = null, TextWatermark? watermark = null) => StartAsync(
        new Language(Signatures.KeyValues(), Language.Mixed), options, new TextGeneratorOptions { Watermark = watermark }, new LetterTokenizer(Language.Vocabulary));

    public static async Task<Talk> StartAsync(
        Language language, OmlChatClientOptions? options = null, TextGeneratorOptions? generation = null, ITextTokenizer? tokenizer = null, long? quota = null) =>
        await StartAsync(await Licensed.LanguageAsync(language), options, generation, tokenizer ?? new LetterTokenizer(endOfText: 0), quota);

    /// <summary>The real model, with random weights; the tokens above 255 have no text.</summary>
    public static async Task<Talk> TinyGpt2Async(
        OmlChatClientOptions? options = null, TextWatermark? watermark = null, ulong? fingerprint = null, long? quota = null) => await StartAsync(
        await Licensed.TinyGpt2Async(), options, new TextGeneratorOptions { ContextLength = 512, Watermark = watermark }, new LetterTokenizer(), quota, fingerprint);

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        await _model.DisposeAsync();
    }

    private static async Task<Talk> StartAsync(
        Licensed model, OmlChatClientOptions? options, TextGeneratorOptions? generation, ITextTokenizer tokenizer, long? quota, ulong? fingerprint = null)
    {
        OmlSession session = await model.AuthorizeAsync(quota, fingerprint);
        options ??= new OmlChatClientOptions();
        options.TimeProvider = model.Time;
        RecordingTokenizer recording = new(tokenizer);
        TextGenerator generator = new(session, recording, generation);
        return new Talk(model, session, generator, recording, new OmlChatClient(generator, options));
    }
}
