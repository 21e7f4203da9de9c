using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;

namespace Oml.Sdk.Generation.Tests.Readme;

/// <summary>The code about texts that README shows, compiled and run; <see cref="ReadmeTests"/> compares the two.</summary>
internal static class ReadmeSnippet
{
    public static async Task<ulong?> RunAsync(
        OmlModel model, OmlSession session, ITextTokenizer tokenizer, FingerprintKey fingerprintKey, ulong[] licensees, string prompt)
    {
        // <readme>
        // A decoder writes under the permission, a unit a token; its text carries the licensee's mark.
        TextGenerator generator = new(session, tokenizer, new TextGeneratorOptions { Watermark = TextWatermark.SynthId(fingerprintKey) });
        List<int> tokens = [];
        await foreach (GeneratedToken token in generator.GenerateAsync(prompt, new GenerationOptions { TopK = 40 }))
        {
            Console.Write(token.Text);
            tokens.Add(token.Id);
        }

        // Whoever finds the text asks whose copy wrote it.
        TextTraceResult trace = new TextTracer(new SynthIdOptions()).Trace(fingerprintKey, model.Id, licensees, tokens.ToArray());
        Console.WriteLine($"{trace.Accused}, p ≤ {trace.CorrectedPValue}");
        // </readme>
        return trace.Accused;
    }
}
