using System.Globalization;

namespace DigitTrainer;

/// <summary>What the command line asks for.</summary>
internal sealed record TrainerOptions
{
    /// <summary>The seed of the digits that measure the accuracy.</summary>
    public const ulong TestSeed = 1_000_003;

    /// <summary>How many digits measure the accuracy.</summary>
    public const int TestDigits = 5_000;

    /// <summary>Decides the first weights and the training digits.</summary>
    public ulong Seed { get; private init; } = 1;

    /// <summary>How many rounds of training.</summary>
    public int Epochs { get; private init; } = 10;

    /// <summary>The model file, to write or to compare with.</summary>
    public string Output { get; private init; } = "";

    /// <summary>Whether to compare with the file instead of writing it.</summary>
    public bool Check { get; private init; }

    /// <summary>Reads the command line.</summary>
    public static bool TryParse(string[] arguments, out TrainerOptions options, out string problem)
    {
        options = new TrainerOptions();
        problem = "";
        for (int i = 0; i < arguments.Length; i++)
        {
            string value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--check":
                    options = options with { Check = true };
                    continue;
                case "--seed" when ulong.TryParse(value, CultureInfo.InvariantCulture, out ulong seed) && seed != TestSeed:
                    options = options with { Seed = seed };
                    break;
                case "--epochs" when int.TryParse(value, CultureInfo.InvariantCulture, out int epochs) && epochs > 0:
                    options = options with { Epochs = epochs };
                    break;
                case "--output" when value.Length > 0:
                    options = options with { Output = value };
                    break;
                default:
                    problem = $"Cannot use '{arguments[i]} {value}'; options: --seed <number>  --epochs <number>  --output <path>  --check";
                    return false;
            }

            i++;
        }

        if (options.Output.Length == 0)
        {
            options = options with { Output = CommittedModel() };
        }

        return true;
    }

    // The program may be started from any folder; the repository is above its own.
    private static string CommittedModel()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string quickStart = Path.Combine(folder.FullName, "samples", "QuickStart");
            if (Directory.Exists(quickStart))
            {
                return Path.Combine(quickStart, "digits.onnx");
            }
        }

        return "digits.onnx";
    }
}
