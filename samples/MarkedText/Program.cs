// A real decoder and its tokenizer, sealed into one file; a text of it under a permission of so many tokens, marked as it streams; and the text
// traced to its licensee among a thousand.
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
using Oml.Sdk.Sealing;

const int Licensees = 1_000;
const string Licensee = "licensee-321@example.com";
Console.OutputEncoding = Encoding.UTF8;
if (ModelFolder.Find(args) is not { } folder)
{
    Console.WriteLine(ModelFolder.Missing);
    return args.Length == 0 ? 0 : 1;
}

// The licensee's key, of which the publisher gets the public half.
using LicenseeKey licensee = LicenseeKey.Create();
string path = Path.Combine(Path.GetTempPath(), $"marked-text-{Guid.NewGuid():N}.oml");
using Removal removal = new(path);

// The publisher: model and tokenizer in one sealed file, a permission for 150 tokens, and the key that texts are marked and traced with.
using PermissionIssuer publisher = PermissionIssuer.Create(PermissionAlgorithm.ES256);
using ContentKey contentKey = ContentKey.Generate();
using FingerprintKey key = FingerprintKey.Generate();
ModelPackage package = ModelPackage.FromOnnx(Path.Combine(folder, "past.onnx")).AddFile("tokenizer.json", Path.Combine(folder, "tokenizer.json"));
ModelId modelId = await new ModelSealer(publisher, contentKey).SealAsync(package, path, new SealOptions { Name = "tiny-gpt2" });
byte[] permission = publisher.Issue(new PermissionRequest
{
    Licensee = Licensee,
    Model = modelId,
    Lifetime = TimeSpan.FromMinutes(10),
    Quota = 150,
    WrappedContentKey = contentKey.WrapFor(licensee.PublicKey, modelId),
});

// The licensee's application: a token is a unit, so the 151st is refused, and what came before is delivered.
await using OmlModel model = await OmlModel.CreateBuilder()
    .UseSealedModel(path, licensee)
    .UseOnnxRuntime()
    .TrustIssuer(publisher.PublicKey)
    .BuildAsync();
await using OmlSession session = await model.AuthorizeAsync(permission);
ITextTokenizer tokenizer = TextTokenizer.FromBytes(await session.ReadFileAsync("tokenizer.json"));
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
using TextKey suspected = key.DeriveTextKey(new FingerprintSubject(modelId, FingerprintIds.FromLicensee(Licensee)));
using SynthIdDetector detector = new(suspected);
Console.WriteLine(Invariant($"Under the key of {Licensee}: p ≤ {detector.Detect(text.ToArray()).PValue:0.0e+0}"));
Dictionary<ulong, string> names = Enumerable.Range(0, Licensees)
    .Select(number => Invariant($"licensee-{number:D3}@example.com")).ToDictionary(FingerprintIds.FromLicensee);
TextTraceResult trace = new TextTracer(new SynthIdOptions()).Trace(key, modelId, names.Keys, text.ToArray());
string accused = trace.Accused is { } id ? names[id] : "nobody";
Console.WriteLine(Invariant($"Of {Licensees:N0} licensees {accused} is accused; an innocent one would be with p ≤ {trace.CorrectedPValue:0.0e+0}."));
return accused == Licensee && refusal is not null ? 0 : 1;

static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
