using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace Oml.Sdk.Generation.Tokenizers;

/// <summary>Reads the <c>tokenizer.json</c> of the tokenizers library, the byte-level BPE kind.</summary>
internal static class TokenizerJson
{
    private const int MaxToken = (1 << 24) - 1;

    public static ITextTokenizer Read(Stream file, string name, string? endOfText)
    {
        if (file.Length > TextTokenizer.MaxFileSize)
        {
            throw new InvalidDataException($"'{name}' has {file.Length} bytes; at most {TextTokenizer.MaxFileSize} are read.");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(file);
            return Read(document.RootElement, name, endOfText);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"'{name}' is no tokenizer.json: {error.Message}", error);
        }
    }

    private static ByteLevelTokenizer Read(JsonElement root, string name, string? endOfText)
    {
        RequireKind(root, name);
        JsonElement model = root.GetProperty("model");
        Dictionary<string, int> vocabulary = ReadVocabulary(model.GetProperty("vocab"), name);
        List<string> merges = [.. model.GetProperty("merges").EnumerateArray().Select(ReadMerge)];
        Dictionary<string, int> added = ReadAdded(root, vocabulary, name);
        BpeTokenizer tokenizer;
        try
        {
            tokenizer = BpeTokenizer.Create(new BpeOptions(vocabulary.Where(entry => !added.ContainsKey(entry.Key)).Concat(added))
            {
                Merges = merges,
                ByteLevel = true,
                PreTokenizer = new RegexPreTokenizer(SplitPattern.Gpt2(), added),
                SpecialTokens = added,
            });
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException($"The vocabulary and merges of '{name}' do not fit each other: {error.Message}", error);
        }

        return new ByteLevelTokenizer(tokenizer, Bytes(vocabulary, added), FindEnd(endOfText, vocabulary, added, name));
    }

    // What is not done is refused: a tokenizer that gives other tokens than the model was trained on is worse than none.
    private static void RequireKind(JsonElement root, string name)
    {
        JsonElement model = root.GetProperty("model");
        string type = Type(model);
        Require(type == "BPE", name, $"its model is '{type}', and 'BPE' is read");
        Require(!IsTrue(model, "byte_fallback"), name, "its model falls back to bytes, as SentencePiece's do, and is not on the byte level");
        Require(!IsTrue(model, "ignore_merges"), name, "its model ignores merges for words of the vocabulary");
        Require(IsNull(model, "dropout"), name, "its model leaves merges out by chance");
        RequireNoAffix(model, "continuing_subword_prefix", name);
        RequireNoAffix(model, "end_of_word_suffix", name);
        Require(IsNull(root, "normalizer"), name, "it has a normalizer");
        Require(
            !IsNull(root, "pre_tokenizer") && Type(root.GetProperty("pre_tokenizer")) == "ByteLevel"
            && !IsTrue(root.GetProperty("pre_tokenizer"), "add_prefix_space")
            && (!root.GetProperty("pre_tokenizer").TryGetProperty("use_regex", out JsonElement regex) || regex.GetBoolean()),
            name,
            "its pre_tokenizer is not 'ByteLevel' with GPT-2's split and without a space in front");
        Require(
            IsNull(root, "post_processor") || Type(root.GetProperty("post_processor")) == "ByteLevel",
            name,
            "its post_processor is not 'ByteLevel'");
    }

    private static void RequireNoAffix(JsonElement model, string property, string name) => Require(
        IsNull(model, property) || model.GetProperty(property).GetString() is "", name, $"its model has a {property}");

    private static Dictionary<string, int> ReadVocabulary(JsonElement vocabulary, string name)
    {
        Dictionary<string, int> tokens = new(StringComparer.Ordinal);
        HashSet<int> ids = [];
        foreach (JsonProperty entry in vocabulary.EnumerateObject())
        {
            int id = ReadToken(entry.Value, name);
            Require(tokens.TryAdd(entry.Name, id) && ids.Add(id), name, $"the token '{entry.Name}' or its number {id} comes twice");
        }

        return tokens;
    }

    private static Dictionary<string, int> ReadAdded(JsonElement root, Dictionary<string, int> vocabulary, string name)
    {
        Dictionary<string, int> added = new(StringComparer.Ordinal);
        if (!IsNull(root, "added_tokens"))
        {
            foreach (JsonElement token in root.GetProperty("added_tokens").EnumerateArray())
            {
                string content = token.GetProperty("content").GetString() ?? "";
                int id = ReadToken(token.GetProperty("id"), name);
                Require(content.Length != 0 && added.TryAdd(content, id), name, $"the added token '{content}' comes twice, or is empty");
                Require(
                    vocabulary.GetValueOrDefault(content, id) is var own && own == id,
                    name,
                    $"the added token '{content}' has the number {id}, and {own} in the vocabulary");
                Require(!IsTrue(token, "lstrip") && !IsTrue(token, "rstrip"), name, $"the added token '{content}' takes the spaces beside it");
                Require(!IsTrue(token, "single_word"), name, $"the added token '{content}' counts as a whole word only");
            }
        }

        // The longest of those that fit comes first, as in the tokenizers library; the splitter takes the first that fits.
        return new Dictionary<string, int>(added.OrderByDescending(entry => entry.Key.Length), StringComparer.Ordinal);
    }

    private static int ReadToken(JsonElement value, string name)
    {
        Require(value.TryGetInt32(out int id) && id is >= 0 and <= MaxToken, name, $"a token's number is {value.GetRawText()}, not 0 to {MaxToken}");
        return id;
    }

    // "a b", or ["a", "b"] in newer files.
    private static string ReadMerge(JsonElement merge) => merge.ValueKind == JsonValueKind.Array
        ? $"{merge[0].GetString()} {merge[1].GetString()}"
        : merge.GetString() ?? throw new FormatException("A merge is null.");

    private static byte[]?[] Bytes(Dictionary<string, int> vocabulary, Dictionary<string, int> added)
    {
        byte[]?[] bytes = new byte[vocabulary.Values.Concat(added.Values).DefaultIfEmpty(-1).Max() + 1][];
        foreach ((string entry, int id) in vocabulary)
        {
            bytes[id] = ByteAlphabet.Read(entry);
        }

        foreach ((string content, int id) in added)
        {
            bytes[id] = Encoding.UTF8.GetBytes(content);
        }

        return bytes;
    }

    private static int? FindEnd(string? endOfText, Dictionary<string, int> vocabulary, Dictionary<string, int> added, string name)
    {
        if (endOfText is null)
        {
            return null;
        }

        return added.TryGetValue(endOfText, out int id) || vocabulary.TryGetValue(endOfText, out id)
            ? id
            : throw new ArgumentException($"The vocabulary of '{name}' has no token '{endOfText}'.", nameof(endOfText));
    }

    private static string Type(JsonElement element) =>
        element.TryGetProperty("type", out JsonElement type) ? type.GetString() ?? "" : "";

    private static bool IsNull(JsonElement element, string property) =>
        !element.TryGetProperty(property, out JsonElement value) || value.ValueKind == JsonValueKind.Null;

    private static bool IsTrue(JsonElement element, string property) =>
        element.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static void Require(bool holds, string name, string fault)
    {
        if (!holds)
        {
            throw new InvalidDataException($"The tokenizer '{name}' cannot be used: {fault}. Make it with Microsoft.ML.Tokenizers and TextTokenizer.From.");
        }
    }
}
