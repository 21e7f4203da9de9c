using System.Numerics.Tensors;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Tests.Fingerprints.Copies;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Trains a student on a teacher's answers, and asks it as a black box. The teacher tells 200 overlapping clusters apart.</summary>
/// <param name="Name">Its name in tables and pictures.</param>
/// <param name="Evidence">What the student learns from and answers: scores, or their softmax.</param>
/// <param name="Embedder">Marks the teacher's scores; null for clean answers.</param>
internal sealed record StudentLesson(string Name, EvidenceKind Evidence, IFingerprintEmbedder? Embedder)
{
    /// <summary>The most queries that a student is asked.</summary>
    public const int Queries = 3000;

    /// <summary>The elements of an answer.</summary>
    public const int Classes = 200;

    private const int Inputs = 16;
    private const float Rate = 0.01f;

    private static readonly float[][] Centres = [.. Enumerable.Range(0, Classes).Select(label => Normals.Row(new Random(1000 + label), Inputs, 1))];

    // A network keeps what it computes, so every thread that asks has its own.
    private static readonly ThreadLocal<SmallNetwork> Teacher = new(TrainTeacher);

    private bool Probabilities => Evidence == EvidenceKind.Probabilities;

    /// <summary>The teacher's clean scores for a new input, and the cluster that it is of.</summary>
    public static (float[] Scores, int Class) AskTeacher(Random random)
    {
        int label = random.Next(Classes);
        return (Teacher.Value!.Run(Sample(random, label)), label);
    }

    /// <summary>Another network than the teacher, other inputs, and nothing but the answers.</summary>
    public SmallNetwork Train(int seed)
    {
        Random random = new(seed);
        SmallNetwork student = new(Inputs, 64, Classes, seed + 1);
        student.Train(
            () =>
            {
                float[] input = Sample(random, random.Next(Classes));
                float[] answer = Teacher.Value!.Run(input);
                float[] target = Answer(Embedder is null ? answer : PowerTrial.Mark(Embedder, answer));
                return (input, logits =>
                {
                    float[] gradient = Answer(logits);
                    TensorPrimitives.Subtract(gradient, target, gradient);
                    TensorPrimitives.Multiply(gradient, Probabilities ? 1 : 0.1f, gradient);
                    return gradient;
                });
            },
            batches: 400,
            Rate);
        return student;
    }

    /// <summary>Asks a student and the clean teacher the same.</summary>
    /// <param name="student">The student.</param>
    /// <param name="queries">How often.</param>
    /// <param name="seed">Chooses the inputs, other ones than those of the training.</param>
    /// <param name="asked">Told after each query how many there were; null for nobody.</param>
    public FingerprintEvidence Ask(SmallNetwork student, int queries, int seed, Action<int, FingerprintEvidence>? asked = null)
    {
        Random random = new(seed ^ 0x5eed);
        FingerprintEvidence evidence = new(Classes);
        for (int i = 1; i <= queries; i++)
        {
            float[] input = Sample(random, random.Next(Classes));
            PowerTrial.Add(evidence, new("", Evidence), Probabilities, Answer(Teacher.Value!.Run(input)), Answer(student.Run(input)), random);
            asked?.Invoke(i, evidence);
        }

        return evidence;
    }

    private float[] Answer(float[] logits) => Probabilities ? SmallNetwork.Softmax(logits) : logits;

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
            Rate);
        return teacher;
    }

    private static float[] Sample(Random random, int label) => [.. Centres[label].Select(x => x + (float)(0.7 * Normals.Next(random)))];
}
