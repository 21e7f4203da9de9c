using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Generation;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>What real models answer to real inputs, without a mark.</summary>
internal sealed class RealModels
{
    private const int ImageSize = 28 * 28;
    private const int MagikaLength = 2048;
    private const int TextLength = 16 * 1024;
    private const int Context = 256;
    private const int Contexts = 16;
    private const int Vocabulary = 1000;
    private const int Layers = 5;

    private RealModels(float[][] mnist, int[] digits, float[][] magika, int[] types, float[][] gpt2, int[] next)
    {
        Mnist = mnist;
        Digits = digits;
        Magika = magika;
        Types = types;
        Gpt2 = gpt2;
        Next = next;
        Sources =
        [
            RowSource.OfPool("mnist-8", RowKind.Scores, mnist),
            RowSource.OfPool("magika", RowKind.Probabilities, magika),
            RowSource.OfPool("tiny-gpt2", RowKind.Scores, gpt2),
        ];
    }

    /// <summary>Ten scores for each of 5,000 images.</summary>
    public float[][] Mnist { get; }

    /// <summary>What the images show.</summary>
    public int[] Digits { get; }

    /// <summary>214 probabilities for each of 102 pieces of files.</summary>
    public float[][] Magika { get; }

    /// <summary>What the files are, as the folder they were found in says; −1 for pieces without one.</summary>
    public int[] Types { get; }

    /// <summary>1,000 scores after each token of a text.</summary>
    public float[][] Gpt2 { get; }

    /// <summary>The token that comes next.</summary>
    public int[] Next { get; }

    /// <summary>The same rows, to be drawn.</summary>
    public IReadOnlyList<RowSource> Sources { get; }

    /// <summary>Runs the models.</summary>
    /// <returns>Null if the data are not there.</returns>
    public static RealModels? TryRun()
    {
        if (DataFiles.Find("mnist", "images-0-4999.idx3-ubyte.gz") is null
            || DataFiles.Find("magika", "expected.json") is null || DataFiles.Find("tiny-gpt2", "past.onnx") is null
            || DataFiles.Find("text", "tinyshakespeare.txt") is null)
        {
            return null;
        }

        PowerComparison.Tell("mnist-8");
        byte[] images = Unzip("mnist", "images-0-4999.idx3-ubyte.gz")[16..];
        int[] digits = ReadDigits();
        float[][] mnist = RunMnist(images, digits.Length);
        PowerComparison.Tell("magika");
        (float[][] magika, int[] types) = RunMagika();
        PowerComparison.Tell("tiny-gpt2");
        (float[][] gpt2, int[] next) = RunGpt2();
        return new RealModels(mnist, digits, magika, types, gpt2, next);
    }

    /// <summary>The 5,000 images, 0 to 1, and what they show.</summary>
    /// <returns>Null if the data are not there.</returns>
    public static (float[][] Pictures, int[] Digits)? TryPictures()
    {
        if (DataFiles.Find("mnist", "images-0-4999.idx3-ubyte.gz") is null || DataFiles.Find("mnist", "labels-0-4999.idx1-ubyte.gz") is null)
        {
            return null;
        }

        byte[] images = Unzip("mnist", "images-0-4999.idx3-ubyte.gz")[16..];
        return ([.. images.Chunk(ImageSize).Select(image => Array.ConvertAll(image, b => b / 255f))], ReadDigits());
    }

    private static int[] ReadDigits() => [.. Unzip("mnist", "labels-0-4999.idx1-ubyte.gz").Skip(8).Select(b => (int)b)];

    private static float[][] RunMnist(byte[] images, int count)
    {
        using InferenceSession session = Open("mnist");
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            float[] pixels = [.. images.AsSpan(i * ImageSize, ImageSize).ToArray().Select(b => (float)b)];
            return Answer(session, 10, ("Input3", OrtValue.CreateTensorValueFromMemory(pixels, [1, 1, 28, 28])))[0];
        })];
    }

    private static (float[][] Rows, int[] Types) RunMagika()
    {
        using InferenceSession session = Open("magika");
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(DataFiles.Find("magika", "expected.json")!));
        string[] labels = [.. expected.RootElement.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)];
        string[] sources = [.. expected.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("source").GetString()!)];
        int[] inputs = [.. MemoryMarshal.Cast<byte, ushort>(Unzip("magika", "inputs.u16.gz")).ToArray().Select(b => (int)b)];
        float[][] rows = [.. sources.Select((_, i) => Answer(
            session,
            labels.Length,
            ("bytes", OrtValue.CreateTensorValueFromMemory(inputs[(i * MagikaLength)..((i + 1) * MagikaLength)], [1, MagikaLength])))[0])];
        return (rows, [.. sources.Select(source => source.Split('/') is [.., string type, _] ? Array.IndexOf(labels, type) : -1)]);
    }

    private static (float[][] Rows, int[] Next) RunGpt2()
    {
        using InferenceSession session = Open("tiny-gpt2", "past.onnx");
        string text = File.ReadAllText(DataFiles.Find("text", "tinyshakespeare.txt")!)[..TextLength];

        // The tokenizer knows 50,257 tokens and the model 1,000.
        int[] tokens = [.. TextTokenizer.FromFile(DataFiles.Find("tiny-gpt2", "tokenizer.json")!).Encode(text).Select(token => token % Vocabulary)];
        int contexts = Math.Min(Contexts, (tokens.Length - 1) / Context);
        List<float[]> rows = [];
        for (int i = 0; i < contexts; i++)
        {
            rows.AddRange(Answer(session, Vocabulary, [
                ("input_ids", OrtValue.CreateTensorValueFromMemory(tokens[(i * Context)..((i + 1) * Context)], [1, Context])),
                ("position_ids", OrtValue.CreateTensorValueFromMemory(Enumerable.Range(0, Context).ToArray(), [1, Context])),
                ("attention_mask", OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1, Context).ToArray(), [1, Context])),
                .. Enumerable.Range(0, Layers).Select(k => ($"past_{k}", OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [2, 1, 4, 0, 8])))]));
        }

        return ([.. rows], tokens[1..(rows.Count + 1)]);
    }

    private static float[][] Answer(InferenceSession session, int rowLength, params (string Name, OrtValue Value)[] inputs)
    {
        using RunOptions options = new();
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(
                options, [.. inputs.Select(i => i.Name)], [.. inputs.Select(i => i.Value)], [session.OutputNames[0]]);
            return [.. outputs[0].GetTensorDataAsSpan<float>().ToArray().Chunk(rowLength)];
        }
        finally
        {
            Array.ForEach(inputs, input => input.Value.Dispose());
        }
    }

    // One thread: sums are in the same order each time.
    private static InferenceSession Open(string folder, string file = "model.onnx")
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1 };
        return new InferenceSession(DataFiles.Find(folder, file)!, options);
    }

    private static byte[] Unzip(params string[] parts)
    {
        using GZipStream stream = new(File.OpenRead(DataFiles.Find(parts)!), CompressionMode.Decompress);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
