using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Tests.Fingerprints.Copies;

/// <summary>A student that learnt from a licensee's marked outputs, and is then asked as a black box.</summary>
public sealed class DistilledCopyTests : IDisposable
{
    private const int Inputs = 16;
    private const int Classes = 200;

    private static readonly ulong[] Thousand = [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)];
    private static readonly SmallNetwork Teacher = TrainTeacher();

    private readonly FingerprintKey _key = FingerprintTestData.PublisherKey(9);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(0.01, false)]
    [InlineData(0.05, false)]
    [InlineData(0.05, true)]
    public void A_student_of_marked_outputs_names_the_licensee_and_one_of_clean_outputs_nobody(double amplitude, bool probabilities)
    {
        using IFingerprintEmbedder embedder =
            new LogitFingerprint(_key, new() { RelativeAmplitude = amplitude }).Create(new FingerprintSubject(FingerprintTestData.Model, 321));

        TraceResult marked = Trace(TrainStudent(embedder, probabilities), probabilities);
        marked.Accused.Should().Be(321);
        marked.CorrectedPValue.Should().BeLessThan(1e-6);

        Trace(TrainStudent(null, probabilities), probabilities).Accused.Should().BeNull();
    }

    [Fact]
    public void What_follows_the_context_is_not_learnt_but_the_static_rest_is()
    {
        using IFingerprintEmbedder embedder = new LogitFingerprint(_key, new() { RelativeAmplitude = 0.02, ContextualShare = 0.25 })
            .Create(new FingerprintSubject(FingerprintTestData.Model, 321));

        Trace(TrainStudent(embedder, probabilities: false), probabilities: false).Accused.Should().Be(321);
    }

    // The teacher tells 200 clusters apart, which overlap.
    private static SmallNetwork TrainTeacher()
    {
        Random random = new(1);
        SmallNetwork teacher = new(Inputs, 48, Classes, seed: 2);
        teacher.TrainOnLabels(
            () =>
            {
                int label = random.Next(Classes);
                return (Sample(random, label), label);
            },
            batches: 300,
            rate: 0.01f);
        return teacher;
    }

    // Another network, other inputs, nothing but the answers.
    private static SmallNetwork TrainStudent(IFingerprintEmbedder? embedder, bool probabilities)
    {
        Random random = new(11);
        SmallNetwork student = new(Inputs, 64, Classes, seed: 12);
        student.Train(
            () =>
            {
                float[] input = Sample(random, random.Next(Classes));
                float[] answer = Teacher.Run(input);
                embedder?.Embed(OutputTensor.Create("y", answer, 1, Classes));
                float[] target = probabilities ? SmallNetwork.Softmax(answer) : answer;
                return (input, logits =>
                {
                    float[] gradient = probabilities ? SmallNetwork.Softmax(logits) : logits;
                    for (int i = 0; i < Classes; i++)
                    {
                        gradient[i] = probabilities ? gradient[i] - target[i] : 0.1f * (gradient[i] - target[i]);
                    }

                    return gradient;
                });
            },
            batches: 400,
            rate: 0.01f);
        return student;
    }

    private TraceResult Trace(SmallNetwork suspect, bool probabilities)
    {
        Random random = new(21);
        FingerprintEvidence evidence = new(Classes);
        for (int i = 0; i < 2000; i++)
        {
            float[] input = Sample(random, random.Next(Classes));
            float[] answer = suspect.Run(input);
            float[] clean = Teacher.Run(input);
            bool used = probabilities
                ? evidence.AddInformedProbabilities(SmallNetwork.Softmax(answer), SmallNetwork.Softmax(clean))
                : evidence.AddInformed(answer, clean);
            used.Should().BeTrue();
        }

        return evidence.Trace(_key, FingerprintTestData.Model, Thousand);
    }

    private static float[] Sample(Random random, int label)
    {
        Random centre = new(1000 + label);
        return [.. Enumerable.Range(0, Inputs).Select(_ => (float)(FingerprintTestData.Normal(centre) + (0.7 * FingerprintTestData.Normal(random))))];
    }
}
