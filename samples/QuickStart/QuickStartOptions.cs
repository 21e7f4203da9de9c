namespace QuickStart;

/// <summary>What the command line says.</summary>
internal sealed class QuickStartOptions
{
    public const string Help = """
        Runs a model under a signed permission, shows what is refused, and traces the outputs to their licensee.

          dotnet run --project samples/QuickStart                       the digit model that comes with it
          dotnet run --project samples/QuickStart -- --model my.onnx    any ONNX model, on made-up inputs

          --model PATH          the ONNX model; its first output is fingerprinted if it is a float tensor
          --input [NAME=]PATH   little-endian elements of an input, without a header (NumPy's tofile); repeatable
          --dim N               length of made-up dimensions that the model leaves open, beyond the first of an input; 1 by default
          --seed N              which digits are drawn, or which inputs are made up; 1 by default
          --plain               leave the model in clear: the optimistic mode, without a sealed file
          --cuda                run on an NVIDIA GPU if there is one (build with -p:OnnxRuntimeFlavor=Gpu)
          --no-color            plain text; also with the NO_COLOR variable, or when the output is no terminal
        """;

    public string? ModelPath { get; private set; }

    public List<string> Inputs { get; } = [];

    public int Seed { get; private set; } = 1;

    public int OpenDimension { get; private set; } = 1;

    public bool Plain { get; private set; }

    public bool Cuda { get; private set; }

    public bool Color { get; private set; } = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;

    /// <returns>Null when help was asked for.</returns>
    /// <exception cref="ArgumentException">An option is unknown, or its value is missing or wrong.</exception>
    public static QuickStartOptions? Parse(string[] args)
    {
        QuickStartOptions options = new();
        Queue<string> rest = new(args);
        while (rest.TryDequeue(out string? arg))
        {
            switch (arg)
            {
                case "--help" or "-h":
                    return null;
                case "--model":
                    options.ModelPath = Value(rest, arg);
                    break;
                case "--input":
                    options.Inputs.Add(Value(rest, arg));
                    break;
                case "--seed":
                    options.Seed = Number(rest, arg, least: 0);
                    break;
                case "--dim":
                    options.OpenDimension = Number(rest, arg, least: 1);
                    break;
                case "--plain":
                    options.Plain = true;
                    break;
                case "--cuda":
                    options.Cuda = true;
                    break;
                case "--no-color":
                    options.Color = false;
                    break;
                default:
                    throw new ArgumentException($"There is no option '{arg}'; --help lists those that there are.");
            }
        }

        return options.Inputs.Count > 0 && options.ModelPath is null
            ? throw new ArgumentException("--input belongs to --model; the digit model draws its own inputs.")
            : options;
    }

    private static string Value(Queue<string> rest, string option) =>
        rest.TryDequeue(out string? value) ? value : throw new ArgumentException($"{option} needs a value.");

    private static int Number(Queue<string> rest, string option, int least)
    {
        string text = Value(rest, option);
        return int.TryParse(text, out int number) && number >= least
            ? number
            : throw new ArgumentException($"{option} needs a whole number of {least} or more; got '{text}'.");
    }
}
