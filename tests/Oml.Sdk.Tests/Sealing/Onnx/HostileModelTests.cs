using Oml.Sdk.Sealing.Onnx;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.Tests.Sealing.Onnx;

public sealed class HostileModelTests
{
    private static readonly byte[] Good = ModelForge.Everywhere(name => name.EndsWith('0')
        ? ModelForge.Inline(name, ModelForge.Float, [1], new byte[4])
        : ModelForge.External(name, ModelForge.Float, [1], ("location", "w.bin"), ("offset", "4096"), ("length", "4")));

    [Fact]
    public void Every_truncation_is_read_or_refused_within_bounds()
    {
        int read = 0;
        for (int length = 0; length < Good.Length; length++)
        {
            read += Survives(Good[..length]) ? 1 : 0;
        }

        read.Should().BeInRange(1, 20, "only cuts between the fields of the model leave a model");
    }

    [Fact]
    public void Ten_thousand_random_mutations_are_read_or_refused_within_bounds()
    {
        Random random = new(20260201);
        HashSet<string> seen = [];
        int read = 0;
        for (int i = 0; i < 10_000; i++)
        {
            read += Survives(Mutate(random), seen) ? 1 : 0;
        }

        read.Should().BeInRange(1, 9_999);
        seen.Count.Should().BeGreaterThan(50, "the mutations reach many checks");
    }

    [Fact]
    public void What_survives_a_mutation_can_be_rewritten_and_read_again()
    {
        Random random = new(20260202);
        int rewritten = 0;
        for (int i = 0; i < 10_000; i++)
        {
            byte[] model = Mutate(random);
            if (!Survives(model))
            {
                continue;
            }

            OnnxModelScan scan = OnnxModelScanner.Scan(model, 1);
            if (scan.ExternalTensors.Any(t => t.Length > 1024))
            {
                continue;
            }

            byte[] result = new OnnxModelRewriter(scan, [
                .. scan.ExternalTensors.Select(t => TensorEdit.ToInline(t, new byte[t.Length])),
                .. scan.LargeInlineTensors.Select(t => TensorEdit.ToExternal(t, "new.bin", 0)),
            ]).ToArray();
            OnnxModelScan again = OnnxModelScanner.Scan(result, 1);
            again.ExternalTensors.Select(t => t.Name).Should().Equal(scan.LargeInlineTensors.Select(t => t.Name));
            again.EpContextNodes.Should().Equal(scan.EpContextNodes);
            rewritten++;
        }

        rewritten.Should().BeGreaterThan(200);
    }

    [Theory]
    [InlineData("external tensors")]
    [InlineData("external tensors in attributes")]
    [InlineData("places that alternate")]
    [InlineData("compiled nodes")]
    [InlineData("inline tensors")]
    [InlineData("inputs")]
    [InlineData("dimensions")]
    [InlineData("nested messages")]
    public void What_is_small_many_times_costs_no_more_than_its_size_says(string kind)
    {
        const int Count = 20_000;
        byte[] model = kind switch
        {
            "external tensors" => Repeat(5, i => ModelForge.External($"{i:x}", 2, [], ("location", "w"))),
            "external tensors in attributes" => ModelForge.Model(graph => graph.Message(1, node => node.Message(5, attribute =>
            {
                for (int i = 0; i < Count; i++)
                {
                    attribute.Message(10, ModelForge.External("", 2, [], ("location", "w")));
                }
            }))),
            "places that alternate" => Repeat(5, i => ModelForge.External($"{i:x}", 2, [], ("location", i % 2 == 0 ? "v" : "w"))),
            "compiled nodes" => Repeat(1, _ => node =>
            {
                node.Text(3, "n");
                node.Text(4, "EPContext");
            }),
            "inline tensors" => Repeat(5, i => ModelForge.Inline($"{i:x}", 2, [], new byte[1])),
            "inputs" => Repeat(11, _ => input => input.Text(1, "x")),
            "dimensions" => ModelForge.WithInitializer(
                ModelForge.External("w", 2, [.. Enumerable.Repeat(1L, 10 * Count)], ("location", "w"))),
            _ => Repeat(1, _ => node => node.Message(5, attribute => attribute.Message(6, graph => graph.Message(1, _ => { })))),
        };

        Survives(model).Should().BeTrue();

        static byte[] Repeat(int field, Func<int, Action<ProtobufWriter>> message) => ModelForge.Model(graph =>
        {
            for (int i = 0; i < Count; i++)
            {
                graph.Message(field, message(i));
            }
        });
    }

    private static bool Survives(byte[] model, HashSet<string>? seen = null)
    {
        // Once before it is measured: what is done for the first time costs more.
        bool read = Read(model, seen);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(model, null);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThanOrEqualTo((16L * model.Length) + 65536);
        return read;
    }

    private static bool Read(byte[] model, HashSet<string>? seen)
    {
        try
        {
            OnnxModelScanner.Scan(model, 1);
            return true;
        }
        catch (OnnxFormatException error)
        {
            seen?.Add(new string([.. error.Message.Where(c => !char.IsAsciiDigit(c))]));
            return false;
        }
    }

    private static byte[] Mutate(Random random)
    {
        List<byte> bytes = [.. Good];
        for (int edits = random.Next(1, 4); edits > 0; edits--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.RemoveAt(at);
                    break;
                case 4:
                    bytes[at] = 0xFF;
                    break;
                default:
                    int length = random.Next(1, Math.Min(24, bytes.Count - at) + 1);
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
            }
        }

        return [.. bytes];
    }
}
