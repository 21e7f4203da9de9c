using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>Tests a text against every licensee of a model.</summary>
/// <remarks>
/// <para>Every licensee's p-value is that of <see cref="KgwDetector"/> or <see cref="SynthIdDetector"/>, corrected for the number of
/// licensees by Bonferroni: min(1, N·p). (Šidák's 1 − (1 − p)^N, which their independent keys would allow, is smaller by a share of about
/// N·p/2.) Somebody who has nothing to do with the text is accused with a probability of at most the false-accusation rate, also
/// when another candidate marked it. With <see cref="SynthIdVariant.Reference"/> that rests on a measurement (<see cref="SynthIdDetector"/>).</para>
/// <para>A candidate costs microseconds with <see cref="KgwScheme.Aes"/> and <see cref="SynthIdVariant.Aes"/>, tens of microseconds with
/// <see cref="SynthIdVariant.Reference"/>, and a permutation of the vocabulary for every token with the other KGW schemes. Several texts of one
/// suspect may be joined into one: what spans the joints is noise. The tokens are fixed before the trace: who traces again and again until somebody is
/// accused divides the false-accusation rate of trace k by k·(k + 1). Thread-safe.</para>
/// </remarks>
public sealed class TextTracer
{
    private const int Batch = 16;

    private readonly KgwSettings? _kgw;
    private readonly SynthIdSettings? _synthId;

    /// <summary>Traces texts that <see cref="KgwProcessor"/> marked with licensees' keys.</summary>
    /// <param name="options">How they were marked.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public TextTracer(KgwOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _kgw = new KgwSettings(options, nameof(options));
    }

    /// <summary>Traces texts that <see cref="SynthIdProcessor"/> marked with licensees' keys.</summary>
    /// <param name="options">How they were marked.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public TextTracer(SynthIdOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _synthId = new SynthIdSettings(options, null, nameof(options));
    }

    /// <summary>Tests every licensee and ranks them.</summary>
    /// <param name="key">The publisher's key.</param>
    /// <param name="model">The model that was marked.</param>
    /// <param name="candidates">The fingerprint ids of the licensees, at least one, each once.</param>
    /// <param name="tokens">The text, in the vocabulary of the model, without the prompt.</param>
    /// <param name="options">How to judge; null for the defaults.</param>
    /// <param name="progress">Told now and then how many candidates were tested, from any thread; null for nobody.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The ranking and whom to accuse; a text that is too short accuses nobody.</returns>
    /// <remarks>Uses all processors. No key of a licensee outlives its test.</remarks>
    /// <exception cref="ArgumentException">There is no candidate, or one comes twice, or a token is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public TextTraceResult Trace(
        FingerprintKey key,
        ModelId model,
        IEnumerable<ulong> candidates,
        ReadOnlySpan<int> tokens,
        TraceOptions? options = null,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(candidates);
        options ??= new TraceOptions();
        options.Validate(nameof(options));

        // Read now: whoever hears of the progress may change them.
        double rate = options.FalseAccusationRate;
        int most = options.MaxRanked;
        ulong[] ids = [.. candidates];
        CandidateSweep.Check(ids);
        ITracedText text = _kgw is not null
            ? new KgwText(tokens, _kgw, nameof(tokens))
            : new SynthIdText(tokens, _synthId!, nameof(tokens));
        text.Prepare(cancellationToken);
        TextDetectionResult[] results = new TextDetectionResult[ids.Length];
        CandidateSweep.Run(
            ids.Length, Batch, i => results[i] = Test(text, key, new FingerprintSubject(model, ids[i]), cancellationToken), progress, cancellationToken);
        return new TextTraceResult(
            Rank(ids, results, most),
            ids.Length,
            rate,
            CandidateSweep.Correct(text.StrongestPossibleLog10PValue, ids.Length),
            text.Tokens,
            text.Length - text.Tokens);
    }

    private static TextDetectionResult Test(ITracedText text, FingerprintKey key, FingerprintSubject subject, CancellationToken cancellationToken)
    {
        Span<byte> derived = stackalloc byte[TextKey.Size];
        try
        {
            key.DeriveText(subject, derived);
            return text.Test(derived, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    // By p-value, as candidates may differ in how many coins they share; by statistic where the p-values are 1, or the least.
    private static ImmutableArray<TraceCandidate> Rank(ulong[] candidates, TextDetectionResult[] results, int most)
    {
        int[] index = [.. Enumerable.Range(0, results.Length)];
        Array.Sort(index, (a, b) => (results[a].Log10PValue, -results[a].Statistic, a).CompareTo((results[b].Log10PValue, -results[b].Statistic, b)));
        return [.. index.Take(most).Select(i => new TraceCandidate(
            candidates[i], results[i].Statistic, results[i].Log10PValue, CandidateSweep.Correct(results[i].Log10PValue, candidates.Length)))];
    }
}
