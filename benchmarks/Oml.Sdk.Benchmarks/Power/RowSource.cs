using System.Numerics.Tensors;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>Where the clean rows of a measurement come from.</summary>
/// <param name="Name">Its name in tables and pictures.</param>
/// <param name="Length">The elements of a row.</param>
/// <param name="Kind">What they are.</param>
/// <param name="Baseline">The mean of other clean rows of the same kind.</param>
/// <param name="Draw">Rows in random order: without an end, or each of a pool once. They are not to be written to.</param>
internal sealed record RowSource(string Name, int Length, RowKind Kind, float[] Baseline, Func<Random, IEnumerable<float[]>> Draw)
{
    private const int BaselineRows = 200;

    /// <summary>Whether they are probabilities and not scores.</summary>
    public bool AreProbabilities => Kind == RowKind.Probabilities;

    /// <summary>Scores z(i) = b(i) + 3·n(i): b is standard normal and the same for all rows (a model's habit), n is standard normal and new in each.</summary>
    public static RowSource Synthetic(int length, int seed)
    {
        float[] habit = Normals.Row(new Random(seed), length, 1);
        IEnumerable<float[]> Draw(Random random)
        {
            while (true)
            {
                float[] row = Normals.Row(random, length, 3);
                for (int i = 0; i < length; i++)
                {
                    row[i] += habit[i];
                }

                yield return row;
            }
        }

        return new RowSource($"synthetic, {length}", length, RowKind.Scores, Mean(Draw(new Random(seed + 1)).Take(BaselineRows)), Draw);
    }

    /// <summary>Embeddings: rows of <see cref="Synthetic"/>, brought to unit length.</summary>
    public static RowSource Embeddings(int length, int seed)
    {
        RowSource scores = Synthetic(length, seed);
        return scores with
        {
            Name = $"embeddings, {length}",
            Kind = RowKind.Embeddings,
            Baseline = Unit(scores.Baseline),
            Draw = random => scores.Draw(random).Select(Unit),
        };
    }

    /// <summary>Answers to new inputs without an end.</summary>
    public static RowSource OfModel(string name, RowKind kind, Func<Random, float[]> answer, int seed)
    {
        IEnumerable<float[]> Draw(Random random)
        {
            while (true)
            {
                yield return answer(random);
            }
        }

        float[] baseline = Mean(Draw(new Random(seed)).Take(BaselineRows));
        return new RowSource(name, baseline.Length, kind, baseline, Draw);
    }

    /// <summary>The outputs of a real model; an eighth of them, at most 500, makes the baseline and is not drawn.</summary>
    public static RowSource OfPool(string name, RowKind kind, float[][] rows)
    {
        int first = Math.Min(rows.Length / 8, 500);
        return new RowSource(name, rows[0].Length, kind, Mean(rows.Take(first)), random =>
        {
            float[][] order = rows[first..];
            random.Shuffle(order);
            return order;
        });
    }

    /// <summary>A row brought to unit length.</summary>
    public static float[] Unit(float[] row)
    {
        float length = TensorPrimitives.Norm<float>(row);
        return [.. row.Select(x => x / length)];
    }

    private static float[] Mean(IEnumerable<float[]> rows)
    {
        double[] sum = [];
        int count = 0;
        foreach (float[] row in rows)
        {
            sum = sum.Length == 0 ? new double[row.Length] : sum;
            for (int i = 0; i < row.Length; i++)
            {
                sum[i] += row[i];
            }

            count++;
        }

        return [.. sum.Select(x => (float)(x / count))];
    }
}
