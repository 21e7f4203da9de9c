using System.Runtime.InteropServices;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>A text, made ready to be tested against any number of keys. Thread-safe.</summary>
internal sealed class KgwText : ITracedText
{
    private readonly KgwSettings _settings;
    private readonly int[] _tokens;
    private readonly int[] _starts;
    private readonly int[] _targets;

    public KgwText(ReadOnlySpan<int> tokens, KgwSettings settings, string parameterName)
    {
        TokenWindows.CheckTokens(tokens, settings.VocabularySize, parameterName);
        _settings = settings;
        _tokens = tokens.ToArray();
        List<int> starts = TokenWindows.Distinct(_tokens, settings.Previous + 1);

        // The left hash of zeros is zero under every key: such a coin says nothing of the key.
        starts.RemoveAll(start =>
            settings.Scheme == KgwScheme.LeftHash && !_tokens.AsSpan(start, settings.Previous).ContainsAnyExcept(0));
        _starts = [.. starts];
        _targets = [.. starts.Select(start => _tokens[start + settings.Previous])];
    }

    public int Tokens => _starts.Length;

    public int Length => _tokens.Length;

    // Where n-grams share coins a key is tested with fewer, and so are the strangers that might be taken for it.
    public double StrongestPossibleLog10PValue
    {
        get
        {
            if (_settings.Scheme == KgwScheme.Aes)
            {
                return Math.Max(Tokens * Math.Log10(_settings.GreenFraction), EvidenceStatistic.Log10LeastPValue);
            }

            using IGreenList any = GreenLists.Create(1, _settings);
            byte[] freeBits = new byte[Tokens];
            any.FreeBits(_tokens, _starts, freeBits);
            return NumberKeyTail.Log10(Tokens, freeBits, _settings.GreenFraction);
        }
    }

    public void Prepare(CancellationToken cancellationToken)
    {
        // Nothing of it is shared but what was made already.
    }

    public TextDetectionResult Test(ReadOnlySpan<byte> textKey, CancellationToken cancellationToken = default)
    {
        using IGreenList list = GreenLists.Create(textKey, _settings);
        return Test(list, cancellationToken);
    }

    /// <summary>Counts the green tokens under a key, each coin once.</summary>
    public TextDetectionResult Test(IGreenList list, CancellationToken cancellationToken = default)
    {
        if (Tokens == 0)
        {
            return TextDetectionResult.Nothing(_tokens.Length);
        }

        ulong[] seeds = new ulong[_starts.Length];
        list.Seeds(_tokens, _starts, seeds);
        return list.IsNumberKeyed ? TestDistinct(list, seeds, cancellationToken) : Judge(list.CountGreen(seeds, _targets, cancellationToken), Tokens, []);
    }

    // Coins that several n-grams toss count once. What one of the n-grams makes of it under other keys, the coin is taken to be.
    private TextDetectionResult TestDistinct(IGreenList list, ulong[] seeds, CancellationToken cancellationToken)
    {
        byte[] freeBits = new byte[seeds.Length];
        list.FreeBits(_tokens, _starts, freeBits);
        Dictionary<(ulong Seed, int Target), byte> coins = new(seeds.Length);
        for (int i = 0; i < seeds.Length; i++)
        {
            ref byte most = ref CollectionsMarshal.GetValueRefOrAddDefault(coins, (seeds[i], _targets[i]), out _);
            most = Math.Max(most, freeBits[i]);
        }

        int green = list.CountGreen(
            [.. coins.Keys.Select(coin => coin.Seed)], [.. coins.Keys.Select(coin => coin.Target)], cancellationToken);
        return Judge(green, coins.Count, [.. coins.Values]);
    }

    private TextDetectionResult Judge(int green, int tokens, ReadOnlySpan<byte> freeBits)
    {
        double gamma = _settings.GreenFraction;
        double z = (green - (gamma * tokens)) / Math.Sqrt(gamma * (1 - gamma) * tokens);
        bool isNumberKeyed = _settings.Scheme != KgwScheme.Aes;
        double least = isNumberKeyed ? NumberKeyTail.Log10Least : EvidenceStatistic.Log10LeastPValue;
        double log10 = isNumberKeyed ? NumberKeyTail.Log10(green, freeBits, gamma) : BinomialTail.Log10(green, tokens, gamma);
        return new TextDetectionResult(
            z, (double)green / tokens, Math.Max(log10, least), Math.Max(NormalTail.Log10(z), least), tokens, _tokens.Length - tokens);
    }
}
