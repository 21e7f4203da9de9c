using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Tests.Fingerprints.Copies;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>The kinds of output beside logits: probabilities, embeddings, values and labels, of real models and of small ones that are trained here.</summary>
internal static class KindStudy
{
    private const int Seed = 8;
    private const int Rows = 5000;
    private const int Learnt = 4000;

    /// <summary>Measures accuracy and power, and draws the pictures.</summary>
    public static void Run(BenchReport report, string folder)
    {
        Func<Random, float[]> scores = random => StudentLesson.AskTeacher(random).Scores;
        RowSource probabilities = RowSource.OfModel("200 clusters", RowKind.Probabilities, random => SmallNetwork.Softmax(scores(random)), Seed);
        RowSource labels = RowSource.OfModel("200 clusters", RowKind.Labels, scores, Seed);
        RowSource prices = RowSource.OfModel("prices", RowKind.Values, random => [TrainedModels.AskPrice(random).Answer], Seed);
        PowerComparison.Tell("accuracy of trained networks");
        (float[] Scores, int Class)[] rows = Draw(StudentLesson.AskTeacher);
        float[][] clean = [.. rows.Select(row => row.Scores)];
        int[] classes = [.. rows.Select(row => row.Class)];
        AccuracyComparison.Add(report, "200 clusters", Array.ConvertAll(clean, SmallNetwork.Softmax), classes, RowKind.Probabilities, hasAuc: true);
        KindAccuracy.AddLabels(report, "200 clusters", clean, classes);
        (float Answer, float Right)[] asked = Draw(TrainedModels.AskPrice);
        KindAccuracy.AddValues(report, "prices", [.. asked.Select(a => new[] { a.Answer })], [.. asked.Select(a => new[] { a.Right })]);
        KindAccuracy.AddEmbeddings(report, "768 normal numbers", NormalRows(1000, 768), null);

        KindPictures.DrawProbabilities(report, folder, probabilities);
        KindPictures.DrawLabels(report, folder, labels);
        if (RealModels.TryPictures() is { } digits && RealValues.TrySuperResolution() is { } large && RealValues.TrySpeech() is { } speech)
        {
            RunReal(report, folder, prices, digits, large, speech);
        }
    }

    private static void RunReal(
        BenchReport report,
        string folder,
        RowSource prices,
        (float[][] Pictures, int[] Digits) data,
        (float[] Right, float[] Answer) large,
        float[][] speech)
    {
        PowerComparison.Tell("embeddings and pictures");
        float[][] learnt = data.Pictures[..Learnt];
        float[][] unseen = data.Pictures[Learnt..];
        SmallNetwork embedder = TrainedModels.TrainEmbedder(learnt, data.Digits);
        float[][] embeddings = [.. data.Pictures.Select(picture => RowSource.Unit(embedder.Run(picture)))];
        SmallNetwork enlarger = TrainedModels.TrainEnlarger(learnt);

        // What makes pictures gives numbers from 0 to 1.
        float[][] enlarged = [.. unseen.Select(picture => Array.ConvertAll(
            enlarger.Run(TrainedModels.Smaller(picture, 2 * TrainedModels.SmallSide, 2)), x => Math.Clamp(x, 0, 1)))];

        KindAccuracy.AddEmbeddings(report, "digits, 256", embeddings, data.Digits);
        KindAccuracy.AddValues(report, "digits enlarged, 784", enlarged, unseen);
        KindAccuracy.AddValues(report, "super-resolution, 451,584", [large.Answer], [large.Right]);
        KindAccuracy.AddDecisions(report, "silero-vad", speech, 0.5f);

        RowSource vectors = RowSource.OfPool("digits, 256", RowKind.Embeddings, embeddings);
        RowSource pictures = RowSource.OfPool("digits enlarged", RowKind.Values, enlarged);
        KindPictures.DrawEmbeddings(report, folder, vectors);
        KindPictures.DrawValues(
            report,
            folder,
            prices,
            RowSource.OfPool("silero-vad", RowKind.Values, speech),
            pictures,
            RowSource.OfPool("super-resolution", RowKind.Values, [large.Answer]));
    }

    private static float[][] NormalRows(int count, int length)
    {
        Random random = new(Seed);
        return [.. Enumerable.Range(0, count).Select(_ => Normals.Row(random, length, 1))];
    }

    private static T[] Draw<T>(Func<Random, T> ask)
    {
        Random random = new(Seed);
        return [.. Enumerable.Range(0, Rows).Select(_ => ask(random))];
    }
}
