namespace DigitTrainer;

/// <summary>How many digits a network reads correctly.</summary>
internal readonly record struct Accuracy(int Correct, int Total)
{
    /// <summary>The correct ones as a share of all.</summary>
    public double Share => (double)Correct / Total;

    /// <summary>Asks the network about every digit.</summary>
    public static Accuracy Measure(Network network, IEnumerable<(float[] Picture, int Digit)> digits)
    {
        int correct = 0;
        int total = 0;
        foreach ((float[] picture, int digit) in digits)
        {
            ReadOnlySpan<float> logits = network.Forward(picture);
            int best = 0;
            for (int i = 1; i < logits.Length; i++)
            {
                best = logits[i] > logits[best] ? i : best;
            }

            correct += best == digit ? 1 : 0;
            total++;
        }

        return new Accuracy(correct, total);
    }

    public override string ToString() => $"{Correct}/{Total}";
}
