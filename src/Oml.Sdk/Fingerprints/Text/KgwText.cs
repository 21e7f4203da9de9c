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

    public double StrongestPossibleLog10PValue => Math.Max(Tokens * Math.Log10(_settings.GreenFraction), Least);

    public TextDetectionResult Test(ReadOnlySpan<byte> textKey)
    {
        using IGreenList list = GreenLists.Create(textKey, _settings);
        return Test(list);
    }

    /// <summary>Counts the green tokens under a key, each coin once.</summary>
    public TextDetectionResult Test(IGreenList list)
    {
        ulong[] seeds = new ulong[_starts.Length];
        list.Seeds(_tokens, _starts, seeds);
        int[] targets = _targets;
        if (list.SharesCoins)
        {
            HashSet<(ulong Seed, int Target)> coins = new(seeds.Length);
            for (int i = 0; i < seeds.Length; i++)
            {
                coins.Add((seeds[i], targets[i]));
            }

            if (coins.Count < seeds.Length)
            {
                seeds = [.. coins.Select(coin => coin.Seed)];
                targets = [.. coins.Select(coin => coin.Target)];
            }
        }

        return Judge(list.CountGreen(seeds, targets), targets.Length);
    }

    private TextDetectionResult Judge(int green, int tokens)
    {
        if (tokens == 0)
        {
            return TextDetectionResult.Nothing(_tokens.Length);
        }

        double gamma = _settings.GreenFraction;
        double z = (green - (gamma * tokens)) / Math.Sqrt(gamma * (1 - gamma) * tokens);
        return new TextDetectionResult(
            z,
            (double)green / tokens,
            Math.Max(BinomialTail.Log10(green, tokens, gamma), Least),
            Math.Max(NormalTail.Log10(z), Least),
            tokens,
            _tokens.Length - tokens);
    }

    // No test of a key says more than the chance that a random one is the right one; numbers as keys have fewer bits.
    private double Least => _settings.Scheme == KgwScheme.Aes ? EvidenceStatistic.Log10LeastPValue : -GreenLists.NumberBits * Math.Log10(2);
}
