using System.Diagnostics;
using System.Globalization;
using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;

namespace Oml.Sdk.Benchmarks.Sealing;

/// <summary>Content of any size through the sealer, and the sealed stream through the reader, without a disk: memory and time against size.</summary>
internal static class StreamComparison
{
    private const double SealerBudget = 256;

    public static async Task<int> RunAsync(int gigabytes)
    {
        byte[] block = new byte[(1 << 20) + 4096];
        new Random(1).NextBytes(block);
        long size = gigabytes * 1_000_000_000L;
        using PermissionIssuer publisher = PermissionIssuer.Create();
        using ContentKey key = ContentKey.Generate();
        using SealedLoop loop = new(size, block, key);
        BenchReport report = new();

        long start = Stopwatch.GetTimestamp();
        await new ModelSealer(publisher, key).SealAsync(
            new ModelPackage("model.onnx", EmptyGraph()).AddStream("weights.bin", new GeneratedStream(size, block)),
            loop,
            new SealOptions { Name = "stream" },
            new Bar("seal"));
        TimeSpan sealing = Stopwatch.GetElapsedTime(start);
        Console.WriteLine();
        report.Add($"seal {gigabytes} GB", sealing.TotalSeconds, "s");
        report.Add("  rate", size / sealing.TotalSeconds / 1e9, "GB/s");
        report.Add("  peak resident memory of the process", PeakMiB(), "MiB", SealerBudget);

        loop.Position = 0;
        using SealedModel model = SealedModel.Open(loop, publisher.PublicKey);
        loop.Replay(model.Manifest.FindEntry("weights.bin")!);
        using UnlockedModel contents = model.Unlock(key);
        using ComparingStream comparing = new(new GeneratedStream(size, block));
        start = Stopwatch.GetTimestamp();
        await contents.CopyToAsync("weights.bin", comparing, new Bar("open"));
        TimeSpan opening = Stopwatch.GetElapsedTime(start);
        Console.WriteLine();
        report.Add($"open {gigabytes} GB, sealed anew on the way and compared with the content", opening.TotalSeconds, "s");
        report.Add("  rate", size / opening.TotalSeconds / 1e9, "GB/s");
        report.Add("  bytes that came out as they went in", comparing.Position, "B");
        report.Add("  peak resident memory of the process", PeakMiB(), "MiB", SealerBudget);
        return report.Finish($"seal-{gigabytes}gb");
    }

    // A graph that takes nothing and returns a constant.
    private static byte[] EmptyGraph() => TestModels.TestModel.LinearClassifier(1, 1);

    private static double PeakMiB() =>
        File.ReadLines("/proc/self/status").Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Select(line => double.Parse(line.AsSpan(6, line.Length - 9), CultureInfo.InvariantCulture) / 1024).First();

    private sealed class Bar(string what) : IProgress<SealProgress>
    {
        private long _last = -1;

        public void Report(SealProgress value)
        {
            long percent = value.BytesTotal is > 0 and { } total ? 100 * value.BytesDone / total : 0;
            if (Interlocked.Exchange(ref _last, percent) != percent)
            {
                Console.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"\r{what}: {percent,3} %  {value.BytesDone / 1e9:F1} GB  {value.BytesPerSecond / 1e9:F2} GB/s   "));
            }
        }
    }

    /// <summary>Takes what is written for what it should be, or throws.</summary>
    private sealed class ComparingStream(Stream expected) : Stream
    {
        private readonly byte[] _buffer = new byte[1 << 20];

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Position;

        public override long Position { get; set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Span<byte> wanted = _buffer.AsSpan(0, buffer.Length);
            expected.ReadExactly(wanted);
            if (!wanted.SequenceEqual(buffer))
            {
                throw new InvalidDataException($"What came out differs from what went in, after byte {Position}.");
            }

            Position += buffer.Length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return default;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
