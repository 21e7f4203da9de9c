using System.Runtime.InteropServices;
using Oml.Sdk.Fingerprints;
using Oml.Sdk.Inference;
using Xunit;

namespace Oml.Sdk.Testing;

/// <summary>The contract of <see cref="IFingerprintEmbedder"/> and <see cref="IFingerprintEmbedderFactory"/> as tests.</summary>
/// <remarks>
/// Derive a public class from it in a test project of xunit v3, say how to make your factory and an output that it accepts, and run
/// the tests.
/// </remarks>
public abstract class FingerprintEmbedderContract
{
    private const int Rows = 7;
    private const int RowLength = 257;

    private static readonly FingerprintSubject Licensee = new(ModelId.Compute("a model"u8), 1);

    /// <summary>Makes the factory under test; each call makes one with the same keys and options.</summary>
    /// <returns>The factory.</returns>
    protected abstract IFingerprintEmbedderFactory CreateFactory();

    /// <summary>Makes an output that the embedder can mark.</summary>
    /// <param name="seed">The same seed, rows and row length give the same elements; another seed gives others.</param>
    /// <param name="rows">Rows, 1 or more.</param>
    /// <param name="rowLength">Elements of a row, 2 or more.</param>
    /// <returns>An output of shape [rows, rowLength] in memory of its own.</returns>
    protected abstract OutputTensor CreateOutput(int seed, int rows, int rowLength);

    /// <summary>Whether a row has the top-1 class that it had; the default compares Float32 rows, ties by the lowest index.</summary>
    /// <param name="clean">The output before it was marked.</param>
    /// <param name="marked">The output after.</param>
    /// <param name="row">The row.</param>
    /// <returns>True if it was kept, or if the embedder makes no such promise.</returns>
    protected virtual bool KeepsTop1(OutputTensor clean, OutputTensor marked, int row)
    {
        ArgumentNullException.ThrowIfNull(clean);
        ArgumentNullException.ThrowIfNull(marked);
        int length = (int)clean.RowLength;
        return Top1(clean.GetSpan<float>().Slice(row * length, length)) == Top1(marked.GetSpan<float>().Slice(row * length, length));
    }

    /// <summary>Two embedders of one licensee do the same, bit for bit, and every row is accounted for.</summary>
    [Fact]
    public void The_result_depends_on_the_row_the_model_and_the_licensee_alone()
    {
        using IFingerprintEmbedder first = CreateFactory().Create(Licensee);
        using IFingerprintEmbedder second = CreateFactory().Create(Licensee);
        OutputTensor a = CreateOutput(1, Rows, RowLength);
        OutputTensor b = CreateOutput(1, Rows, RowLength);
        second.Embed(CreateOutput(2, Rows, RowLength));

        FingerprintOutcome outcome = first.Embed(a);

        Assert.Equal(outcome, second.Embed(b));
        Assert.Equal(Rows, outcome.MarkedRows + outcome.UnmarkedRows);
        Assert.Equal(Bytes(a), Bytes(b));
    }

    /// <summary>An output that can be marked is changed.</summary>
    [Fact]
    public void A_mark_changes_the_output()
    {
        using IFingerprintEmbedder embedder = CreateFactory().Create(Licensee);
        OutputTensor output = CreateOutput(1, Rows, RowLength);

        Assert.Equal(Rows, embedder.Embed(output).MarkedRows);
        Assert.NotEqual(Bytes(CreateOutput(1, Rows, RowLength)), Bytes(output));
    }

    /// <summary>Another licensee, or the same one of another model, has another mark.</summary>
    [Fact]
    public void Another_licensee_or_model_has_another_mark()
    {
        IFingerprintEmbedderFactory factory = CreateFactory();
        FingerprintSubject[] subjects =
        [
            Licensee,
            Licensee with { FingerprintId = 2 },
            Licensee with { Model = ModelId.Compute("another model"u8) },
        ];

        string[] marks = Array.ConvertAll(subjects, subject =>
        {
            using IFingerprintEmbedder embedder = factory.Create(subject);
            OutputTensor output = CreateOutput(1, Rows, RowLength);
            embedder.Embed(output);
            return Convert.ToHexString(Bytes(output));
        });

        Assert.Distinct(marks);
    }

    /// <summary>The top-1 class of every row is kept, for rows of many lengths.</summary>
    [Fact]
    public void Top_1_is_kept_in_every_row()
    {
        using IFingerprintEmbedder embedder = CreateFactory().Create(Licensee);
        for (int seed = 0; seed < 200; seed++)
        {
            int length = 2 + (seed * 13 % 600);
            OutputTensor marked = CreateOutput(seed, Rows, length);
            embedder.Embed(marked);
            OutputTensor clean = CreateOutput(seed, Rows, length);
            for (int row = 0; row < Rows; row++)
            {
                Assert.True(KeepsTop1(clean, marked, row), $"seed {seed}, row {row} of length {length}");
            }
        }
    }

    /// <summary>Embedding allocates nothing.</summary>
    [Fact]
    public void Embedding_allocates_nothing()
    {
        using IFingerprintEmbedder embedder = CreateFactory().Create(Licensee);
        OutputTensor output = CreateOutput(1, Rows, RowLength);
        embedder.Embed(output);

        // A collection books the unused rest of this thread's buffer to the call that it falls into; what an embedder allocates, it does every time.
        long least = long.MaxValue;
        for (int i = 0; i < 10 && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            embedder.Embed(output);
            embedder.Embed(output);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    /// <summary>One embedder serves any number of threads.</summary>
    [Fact]
    public void Any_number_of_threads_may_embed_at_once()
    {
        using IFingerprintEmbedder embedder = CreateFactory().Create(Licensee);
        byte[][] expected = [.. Enumerable.Range(0, 8).Select(seed =>
        {
            OutputTensor output = CreateOutput(seed, Rows, RowLength);
            embedder.Embed(output);
            return Bytes(output);
        })];

        Parallel.For(0, 400, i =>
        {
            OutputTensor output = CreateOutput(i % 8, Rows, RowLength);
            embedder.Embed(output);
            Assert.Equal(expected[i % 8], Bytes(output));
        });
    }

    /// <summary>Disposing twice is harmless, and a disposed embedder says so.</summary>
    [Fact]
    public void A_disposed_embedder_refuses_to_work()
    {
        IFingerprintEmbedder embedder = CreateFactory().Create(Licensee);
        embedder.Dispose();
        embedder.Dispose();

        Assert.Throws<ObjectDisposedException>(() => embedder.Embed(CreateOutput(1, 1, RowLength)));
    }

    private static byte[] Bytes(OutputTensor output) => output.ElementType switch
    {
        TensorElementType.Float64 => MemoryMarshal.AsBytes(output.GetSpan<double>()).ToArray(),
        TensorElementType.Float16 => MemoryMarshal.AsBytes(output.GetSpan<Half>()).ToArray(),
        _ => MemoryMarshal.AsBytes(output.GetSpan<float>()).ToArray(),
    };

    private static int Top1(ReadOnlySpan<float> row)
    {
        int best = 0;
        for (int i = 1; i < row.Length; i++)
        {
            best = row[i] > row[best] ? i : best;
        }

        return best;
    }
}
