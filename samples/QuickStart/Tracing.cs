using System.Globalization;
using Oml.Sdk;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Oml.Sdk.OnnxRuntime;
using Oml.Sdk.Permissions;
using QuickStart.Digits;

namespace QuickStart;

/// <summary>One of many licensees passes outputs on; the auditor, who holds the publisher's fingerprint key, finds out which.</summary>
internal sealed class Tracing(
    Screen screen, OmlModel model, OnnxRuntimeBackend bare, Publisher publisher, QuickStartOptions options)
{
    public const int Licensees = 1_000;

    private const int LeakedOutputs = 50;

    /// <returns>Whether the trace named the licensee who leaked.</returns>
    public async Task<bool> ShowAsync()
    {
        string culprit = NameOf(options.Seed * 7919 % Licensees);
        FingerprintEvidence evidence = await CollectAsync(culprit);

        Dictionary<ulong, string> names = Enumerable.Range(0, Licensees).Select(NameOf).ToDictionary(FingerprintIds.FromLicensee);
        TraceResult trace = evidence.Trace(publisher.Fingerprints, model.Id, [.. names.Keys]);

        Screen.Line($"{LeakedOutputs} outputs of {culprit} leak; each is compared with what the model says without a fingerprint.");
        foreach (TraceCandidate candidate in trace.Ranked.Take(3))
        {
            Screen.Line($"{names[candidate.FingerprintId]}  statistic {candidate.Statistic,6:F2}  p ≤ {Scientific(candidate.CorrectedPValue)}");
        }

        if (trace.Accused is not { } accused)
        {
            Screen.Line($"Nobody is accused: the best candidate's p ≤ {Scientific(trace.CorrectedPValue)} after correction for {Licensees:N0}.");
            return options.ModelPath is not null;
        }

        screen.Good($"{names[accused]} is named; an innocent one would be with probability ≤ {Scientific(trace.CorrectedPValue)}, " +
            $"all {Licensees:N0} counted.");
        return names[accused] == culprit;
    }

    private static string NameOf(int number) => $"licensee-{number:D3}@example.com";

    private static string Scientific(double value) => value.ToString("0.0e+0", CultureInfo.InvariantCulture);

    private async Task<FingerprintEvidence> CollectAsync(string culprit)
    {
        await using OmlSession session = await model.AuthorizeAsync(publisher.Permit(LeakedOutputs, culprit));
        FingerprintEvidence? evidence = null;
        for (int i = 0; i < LeakedOutputs; i++)
        {
            InferenceInputs inputs = InputsOf(i);
            using InferenceOutputs leaked = await session.InferAsync(inputs);
            using InferenceOutputs reference = await bare.InferAsync(inputs);
            int row = (int)leaked[0].RowLength;
            evidence ??= new FingerprintEvidence(row);
            for (int start = 0; start < leaked[0].Length; start += row)
            {
                evidence.AddInformed(
                    leaked[0].GetSpan<float>().Slice(start, row), reference[0].GetSpan<float>().Slice(start, row));
            }
        }

        return evidence!;
    }

    private InferenceInputs InputsOf(int number) => options.ModelPath is null
        ? new InferenceInputs().Add("image", new DigitRenderer((ulong)(1_000 + number)).Render(number % 10), 1, 1, 28, 28)
        : new ModelInputs(options).Create(model.Signature, options.Seed + number);
}
