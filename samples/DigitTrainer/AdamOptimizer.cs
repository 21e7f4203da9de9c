namespace DigitTrainer;

/// <summary>Adam (Kingma and Ba, 2015): each weight moves by its mean gradient over the root of its mean squared gradient.</summary>
internal sealed class AdamOptimizer(IEnumerable<Parameter> parameters)
{
    private const float MeanDecay = 0.9f;
    private const float SquareDecay = 0.999f;
    private const float Epsilon = 1e-8f;

    private readonly (Parameter Parameter, float[] Means, float[] Squares)[] _states =
        [.. parameters.Select(parameter => (parameter, new float[parameter.Values.Length], new float[parameter.Values.Length]))];

    private float _meanPower = 1;
    private float _squarePower = 1;

    /// <summary>Moves the weights by the gradients of <paramref name="pictures"/> pictures, and clears the gradients.</summary>
    public void Step(float rate, int pictures)
    {
        _meanPower *= MeanDecay;
        _squarePower *= SquareDecay;
        float meanScale = 1 / (1 - _meanPower);
        float squareScale = 1 / (1 - _squarePower);
        foreach ((Parameter parameter, float[] means, float[] squares) in _states)
        {
            float[] values = parameter.Values;
            float[] gradients = parameter.Gradients;
            for (int i = 0; i < values.Length; i++)
            {
                float gradient = gradients[i] / pictures;
                means[i] = (MeanDecay * means[i]) + ((1 - MeanDecay) * gradient);
                squares[i] = (SquareDecay * squares[i]) + ((1 - SquareDecay) * gradient * gradient);
                values[i] -= rate * means[i] * meanScale / (MathF.Sqrt(squares[i] * squareScale) + Epsilon);
            }

            Array.Clear(gradients);
        }
    }
}
