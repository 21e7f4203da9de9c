// A text of a real decoder under a permission of so many tokens, marked as it streams, and traced to its licensee among a thousand.
//   dotnet run --project samples/MarkedText [-- FOLDER]      FOLDER holds past.onnx and tokenizer.json of a tiny GPT-2; its weights are
//                                                            random, so the text makes no sense, but choices, marks and costs are real
using System.Globalization;
using System.Text;
using MarkedText;
using Oml.Sdk;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Fingerprints.Text;
using Oml.Sdk.Generation;
using Oml.Sdk.Permissions;

const int Licensees = 1_000;
const string Licensee = "licensee-321@example.com";
Console.OutputEncoding = Encoding.UTF8;
if (ModelFolder.Find(args) is not { } folder)
{
    Console.WriteLine(ModelFolder.Missing);
    return args.Length == 0 ? 0 : 1;
}

// The publisher: a permission for 150 tokens, and the key that texts are marked and traced with.
using PermissionIssuer publisher = PermissionIssuer.Create(PermissionAlgorithm.ES256);
using FingerprintKey key = FingerprintKey.Generate();
await using OmlModel model = await OmlModel.CreateBuilder()
    .UseOnnx(Path.Combine(folder, "past.onnx"))
    .UseOnnxRuntime()
    .TrustIssuer(publisher.PublicKey)
    .BuildAsync();
byte[] permission = publisher.Issue(new PermissionRequest
{
    Licensee = Licensee,
    Model = model.Id,
    Lifetime = TimeSpan.FromMinutes(10),
    Quota = 150,
});

// The licensee's application: a token is a unit, so the 151st is refused, and what came before is delivered.
ITextTokenizer tokenizer = TextTokenizer.FromFile(Path.Combine(folder, "tokenizer.json"));
await using OmlSession session = await model.AuthorizeAsync(permission);
TextGenerator generator = new(session, tokenizer, new TextGeneratorOptions { Watermark = TextWatermark.SynthId(key) });
List<int> text = [];
string? refusal = null;
try
{
    await foreach (GeneratedToken token in generator.GenerateAsync("The first time", new GenerationOptions { TopK = 40, MaxNewTokens = 1_000 }))
    {
        Console.Write(token.Text);
        text.Add(token.Id);
    }
}
catch (PermissionDeniedException denied)
{
    refusal = denied.Message;
}

Console.WriteLine($"\n\n{text.Count} tokens, {session.UnitsSpent} units. Then: {refusal}");

// The auditor, who was handed the text: does this licensee's key see a mark, and whose key of all sees the most?
using TextKey suspected = key.DeriveTextKey(new FingerprintSubject(model.Id, FingerprintIds.FromLicensee(Licensee)));
using SynthIdDetector detector = new(suspected);
Console.WriteLine(Invariant($"Under the key of {Licensee}: p ≤ {detector.Detect(text.ToArray()).PValue:0.0e+0}"));
Dictionary<ulong, string> names = Enumerable.Range(0, Licensees)
    .Select(number => Invariant($"licensee-{number:D3}@example.com")).ToDictionary(FingerprintIds.FromLicensee);
TextTraceResult trace = new TextTracer(new SynthIdOptions()).Trace(key, model.Id, names.Keys, text.ToArray());
string accused = trace.Accused is { } id ? names[id] : "nobody";
Console.WriteLine(Invariant($"Of {Licensees:N0} licensees {accused} is accused; an innocent one would be with p ≤ {trace.CorrectedPValue:0.0e+0}."));
return accused == Licensee && refusal is not null ? 0 : 1;

static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
