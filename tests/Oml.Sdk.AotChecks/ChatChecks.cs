using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;
using Oml.Sdk.Extensions.AI;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Generation;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.AotChecks;

/// <summary>Chats with a metered, marked model, and traces the answer.</summary>
internal static class ChatChecks
{
    private const int Tokens = 200;
    private const ulong Licensee = 7;

    // A byte-level vocabulary of two letters and a merge.
    private const string TokenizerJson = """
        {
          "model": { "type": "BPE", "vocab": { "a": 0, "b": 1, "ab": 2, "<end>": 3 }, "merges": [ "a b" ] },
          "pre_tokenizer": { "type": "ByteLevel", "add_prefix_space": false },
          "added_tokens": [ { "id": 3, "content": "<end>" } ]
        }
        """;

    public static async Task RunAsync(Checks checks)
    {
        using PermissionIssuer issuer = PermissionIssuer.Create();
        using FingerprintKey key = FingerprintKey.Generate();
        await using OmlModel model = await OmlModel.CreateBuilder()
            .UseOnnx("a language"u8.ToArray()).UseBackend((_, _, _) => new(new LanguageBackend())).TrustIssuer(issuer.PublicKey).BuildAsync();
        byte[] permission = issuer.Issue(new PermissionRequest
        {
            Licensee = "licensee",
            Model = model.Id,
            Lifetime = TimeSpan.FromMinutes(1),
            Quota = (2 * Tokens) + 5,
            FingerprintId = Licensee,
        });
        await using OmlSession session = await model.AuthorizeAsync(permission);
        KgwOptions kgw = new() { VocabularySize = LanguageBackend.Vocabulary };

        await AnswerAsync("green lists", checks, session, TextWatermark.Kgw(key, kgw), new TextTracer(kgw), key);
        await AnswerAsync("tournaments", checks, session, TextWatermark.SynthId(key), new TextTracer(new SynthIdOptions()), key);
        await StreamAsync(checks, session);
        await ReadTokenizerAsync(checks);
    }

    private static async Task AnswerAsync(
        string kind, Checks checks, OmlSession session, TextWatermark watermark, TextTracer tracer, FingerprintKey key)
    {
        long before = session.UnitsSpent;
        using IChatClient client = Client(session, watermark);
        ChatResponse response = await client.GetResponseAsync(
            [new(ChatRole.User, "Hello")], new ChatOptions { MaxOutputTokens = Tokens, Temperature = 1.5f, Seed = 1 });
        GeneratedText text = (GeneratedText)response.RawRepresentation!;
        checks.That(
            $"a chat's answer with {kind} costs a unit a token", response.Usage!.OutputTokenCount == Tokens && session.UnitsSpent - before == Tokens);
        checks.That(
            $"a chat's answer with {kind} is traced",
            tracer.Trace(key, session.Permission.Model, Enumerable.Range(0, 100).Select(id => (ulong)id), text.Tokens.AsSpan()).Accused == Licensee);
    }

    private static async Task StreamAsync(Checks checks, OmlSession session)
    {
        using IChatClient client = Client(session, watermark: null);
        int updates = 0;
        try
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("Hello"))
            {
                updates++;
            }

            checks.That("a chat ends with its quota", false);
        }
        catch (PermissionDeniedException error)
        {
            checks.That("a chat ends with its quota", error.Reason == DenialReason.QuotaExhausted && updates == 5);
        }
    }

    private static async Task ReadTokenizerAsync(Checks checks)
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, TokenizerJson);
            ITextTokenizer read = TextTokenizer.FromFile(path, "<end>");
            checks.That("a tokenizer.json is read", read.EndOfText == 3 && read.Encode("aabb").SequenceEqual([0, 2, 1]) && read.Decode([2, 0]) == "aba");
        }
        finally
        {
            File.Delete(path);
        }

        BpeTokenizer library = BpeTokenizer.Create(new BpeOptions([new("a", 0), new("b", 1), new("ab", 2)]) { Merges = ["a b"] });
        checks.That("a tokenizer of Microsoft.ML.Tokenizers is used", TextTokenizer.From(library).Encode("aab").SequenceEqual([0, 2]));
    }

    private static OmlChatClient Client(OmlSession session, TextWatermark? watermark) => new(
        new TextGenerator(session, new ByteTokenizer(), new TextGeneratorOptions { Watermark = watermark }),
        new OmlChatClientOptions { Template = ChatTemplate.ChatML });
}
