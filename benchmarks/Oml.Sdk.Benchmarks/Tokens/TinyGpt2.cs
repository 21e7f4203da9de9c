using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Benchmarks.Overhead;
using Oml.Sdk.Generation;
using Oml.Sdk.Inference;
using Oml.Sdk.Metering;
using Oml.Sdk.OnnxRuntime;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Benchmarks.Tokens;

/// <summary>A real decoder with a cache and few random weights, behind the facade and bare, in one session of ONNX Runtime.</summary>
/// <remarks>
/// With random weights its choices are nearly even. Multiplied logits make it as sure of them as trained models are: a watermark meets them
/// as the model's own, as it would not if only the temperature were lower.
/// </remarks>
internal sealed class TinyGpt2 : IDisposable
{
    public const int Vocabulary = 1000;

    private readonly PermissionIssuer _issuer = PermissionIssuer.Create(PermissionAlgorithm.ES256);
    private readonly OmlModel _model;

    private TinyGpt2(string path, float sharpness)
    {
        Sharpness = sharpness;
        byte[] bytes = File.ReadAllBytes(path);
        Backend = OnnxRuntimeBackend.Load(ModelSource.FromBytes(bytes), new OnnxRuntimeOptions { IntraOpThreads = 1 });
        _model = OmlModel.CreateBuilder()
            .UseOnnx(bytes)
            .UseBackend((_, _, _) => new(sharpness == 1 ? new SharedBackend(Backend) : new SharpBackend(Backend, sharpness)))
            .TrustIssuer(_issuer.PublicKey)
            .UseLedger(new InMemoryUsageLedger())
            .BuildAsync().AsTask().GetAwaiter().GetResult();
        Session = _model.AuthorizeAsync(_issuer.Issue(new PermissionRequest
        {
            Licensee = "licensee",
            Model = _model.Id,
            Lifetime = TimeSpan.FromHours(12),
            Quota = 1L << 40,
        })).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>What every text begins with; it is not marked.</summary>
    public static int[] Prompt { get; } = [1, 2, 3, 4];

    public OnnxRuntimeBackend Backend { get; }

    public OmlSession Session { get; }

    /// <summary>What the logits are multiplied by.</summary>
    public float Sharpness { get; }

    /// <summary>Where it is; null if it is not there.</summary>
    public static string? Path { get; } = DataFiles.Find("tiny-gpt2", "past.onnx");

    /// <summary>Loads it.</summary>
    public static TinyGpt2 Load(float sharpness = 1) =>
        new(Path ?? throw new FileNotFoundException("The model tiny-gpt2/past.onnx is not here: set OML_TEST_DATA to the folder that holds it."), sharpness);

    public TextGenerator Generator(TextWatermark? watermark) => new(Session, options: new TextGeneratorOptions { Watermark = watermark });

    /// <summary>The tokens of one text, without the prompt.</summary>
    public static async Task<int[]> WriteAsync(TextGenerator generator, int[] prompt, GenerationOptions options)
    {
        List<int> tokens = new(options.MaxNewTokens);
        await foreach (GeneratedToken token in generator.GenerateAsync(prompt, options))
        {
            tokens.Add(token.Id);
        }

        return [.. tokens];
    }

    public void Dispose()
    {
        Session.Dispose();
        _model.Dispose();
        _issuer.Dispose();
        Backend.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
