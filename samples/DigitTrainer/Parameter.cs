using QuickStart.Digits;

namespace DigitTrainer;

/// <summary>Weights that training changes, with the sum of their gradients since the last step.</summary>
internal sealed class Parameter(int count)
{
    public float[] Values { get; } = new float[count];

    public float[] Gradients { get; } = new float[count];

    /// <summary>Weights of a layer whose outputs each read <paramref name="fanIn"/> values, sized to keep the signal's strength.</summary>
    public static Parameter Random(int count, int fanIn, SplitMix64 random)
    {
        Parameter parameter = new(count);
        double limit = Math.Sqrt(6.0 / fanIn);
        for (int i = 0; i < count; i++)
        {
            parameter.Values[i] = (float)random.Between(-limit, limit);
        }

        return parameter;
    }
}
