using QuickStart.Digits;

namespace DigitTrainer;

/// <summary>Trains a network on an endless stream of fresh digits, so no picture is seen twice.</summary>
internal sealed class Trainer
{
    private const int DigitsPerEpoch = 20_000;
    private const int DigitsPerStep = 32;
    private const float LearningRate = 0.002f;

    private readonly Network _network;
    private readonly DigitRenderer _renderer;
    private readonly AdamOptimizer _optimizer;
    private readonly int _steps;
    private int _step;

    public Trainer(Network network, ulong seed, int epochs)
    {
        _network = network;
        _renderer = new DigitRenderer(seed);
        _optimizer = new AdamOptimizer(network.Parameters);
        _steps = epochs * (DigitsPerEpoch / DigitsPerStep);
    }

    /// <summary>Trains on the next digits.</summary>
    /// <returns>The mean loss over them, each taken before the network learnt from it.</returns>
    public double TrainEpoch()
    {
        double loss = 0;
        int waiting = 0;
        foreach ((float[] picture, int digit) in DigitSet.Render(_renderer, DigitsPerEpoch))
        {
            loss += SoftmaxLoss.Measure(_network.Forward(picture), digit, out float[] gradient);
            _network.Backward(gradient);
            if (++waiting == DigitsPerStep)
            {
                // Large steps first, none at the end: the network settles.
                float rate = LearningRate * (_steps - _step++) / _steps;
                _optimizer.Step(rate, DigitsPerStep);
                waiting = 0;
            }
        }

        return loss / DigitsPerEpoch;
    }
}
