using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>A text, made ready to be tested against any number of keys. Thread-safe.</summary>
internal sealed class SynthIdText : ITracedText
{
    // Keys that nobody has, by which it is measured how far a text is from tossing independent coins.
    private const int Strangers = 256;

    private readonly SynthIdSettings _settings;
    private readonly SynthIdWindows _windows;
    private readonly Lazy<double> _dependence;
    private readonly Lazy<TableTail>? _table;
    private double? _prepared;

    public SynthIdText(ReadOnlySpan<int> tokens, SynthIdSettings settings, string parameterName)
    {
        TokenWindows.CheckTokens(tokens, int.MaxValue, parameterName);
        _settings = settings;
        _windows = new SynthIdWindows(tokens, settings);
        _dependence = new Lazy<double>(() => _settings.Variant == SynthIdVariant.Reference ? MeasureDependence(Stranger, default) : 1);
        _table = settings.Table is { } table ? new Lazy<TableTail>(() => new TableTail(_windows, table, settings.Weights)) : null;
    }

    public int Tokens => _windows.Count;

    public int Length => _windows.Length;

    // Every g-value 1, which coins that are dependent only make larger; or the best that any key finds in a table.
    public double StrongestPossibleLog10PValue => Tokens == 0
        ? 0
        : _table?.Value.Log10PValue(_table.Value.Largest) ?? EvidenceStatistic.Log10Hoeffding(_settings.Weights.Sum() * Tokens / Norm);

    private double Norm => Math.Sqrt(_settings.Weights.Sum(w => w * w) * Tokens);

    public void Prepare(CancellationToken cancellationToken)
    {
        if (_settings.Variant == SynthIdVariant.Reference && Tokens > 0)
        {
            _prepared = MeasureDependence(Stranger, cancellationToken);
        }
    }

    public TextDetectionResult Test(ReadOnlySpan<byte> textKey, CancellationToken cancellationToken = default)
    {
        using ISynthIdCoins coins = SynthIdCoins.Create(textKey, _settings);
        return Test(coins);
    }

    /// <summary>Adds up the weights of g-values of 1, less those of 0.</summary>
    public TextDetectionResult Test(ISynthIdCoins coins)
    {
        if (Tokens == 0)
        {
            return TextDetectionResult.Nothing(Length);
        }

        if (_table is not null)
        {
            return Test(_table.Value, (SynthIdKeys)coins);
        }

        double agreement = Agreement(coins);
        double statistic = agreement / Norm;
        double judged = statistic / Math.Sqrt(Dependence(coins));
        return new TextDetectionResult(
            statistic, Share(agreement), EvidenceStatistic.Log10Hoeffding(judged), EvidenceStatistic.Log10Normal(judged), Tokens, Length - Tokens);
    }

    // The normal tail knows nothing of keys that share a layer with the marker's, so the bound stands for it too.
    private TextDetectionResult Test(TableTail table, SynthIdKeys keys)
    {
        double agreement = table.Agreement(keys);
        double log10 = table.Log10PValue(agreement);
        return new TextDetectionResult(table.Statistic(agreement), Share(agreement), log10, log10, Tokens, Length - Tokens);
    }

    private double Share(double agreement) => 0.5 + (0.5 * agreement / (_settings.Weights.Sum() * Tokens));

    private double Agreement(ISynthIdCoins coins)
    {
        ulong[] bits = ArrayPool<ulong>.Shared.Rent(Tokens);
        coins.OfWindows(_windows, bits);
        double sum = 0;
        for (int layer = 0; layer < _settings.Depth; layer++)
        {
            int ones = 0;
            foreach (ulong value in bits.AsSpan(0, Tokens))
            {
                ones += (int)(value >> layer) & 1;
            }

            sum += _settings.Weights[layer] * ((2 * ones) - Tokens);
        }

        ArrayPool<ulong>.Shared.Return(bits);
        return sum;
    }

    // The published hash is no random function: its values for two n-grams agree by some percent too often or too seldom, and so do those
    // under two keys. A text that is full of coins of one key leans to or from those of another, by as much as if it had fewer of its own. How
    // much that is for this text, over keys, is the mean square of the statistic under keys that were drawn after it, and four standard
    // errors for safety.
    private double MeasureDependence(Func<byte[], ISynthIdCoins> stranger, CancellationToken cancellationToken)
    {
        byte[] seed = SHA256.HashData(MemoryMarshal.AsBytes(_windows.Hashes));
        double[] squares = new double[Strangers];
        Parallel.For(0, Strangers, new ParallelOptions { CancellationToken = cancellationToken }, i => squares[i] = SquareUnderStranger(stranger, seed, i));
        return Math.Max(1, squares.Sum() / Strangers * (1 + (4 * Math.Sqrt(2.0 / Strangers))));
    }

    private double SquareUnderStranger(Func<byte[], ISynthIdCoins> stranger, byte[] seed, int number)
    {
        Span<byte> numbered = stackalloc byte[SHA256.HashSizeInBytes + sizeof(int)];
        seed.CopyTo(numbered);
        BinaryPrimitives.WriteInt32LittleEndian(numbered[SHA256.HashSizeInBytes..], number);
        using ISynthIdCoins coins = stranger(SHA256.HashData(numbered));
        double agreement = Agreement(coins);
        return agreement * agreement / (Norm * Norm);
    }

    private ISynthIdCoins Stranger(byte[] drawn) => SynthIdCoins.Create(drawn, _settings);

    // Given keys may be related, so that their layers toss coins alike in every text; then so are those of their strangers.
    private double Dependence(ISynthIdCoins coins) => _settings is { HasGivenKeys: true, Variant: SynthIdVariant.Reference }
        ? MeasureDependence(drawn => ((SynthIdKeys)coins).Shift(BinaryPrimitives.ReadUInt64LittleEndian(drawn)), default)
        : _prepared ?? _dependence.Value;
}
