using Oml.Sdk.Inference;
using Oml.Sdk.Sealing;
using Oml.Sdk.TestModels;
using Oml.Sdk.Tests.Support;
namespace Oml.Sdk.Tests.Sealing;

public sealed partial class SealingDefenceTests
{
    private static byte[] External(string location, int floats) => new OnnxGraph("g")
        .Input("x", OnnxType.Float, floats)
        .Initializer("w", OnnxTensor.External(OnnxType.Float, location, 0, floats * 4, floats))
        .Node("Add", ["x", "w"], ["y"]).Output("y", OnnxType.Float, floats).ToArray();

    private sealed class Synchronous(Action<SealProgress> report) : IProgress<SealProgress>
    {
        public void Report(SealProgress value) => report(value);
    }

    private sealed class Stubborn : IInferenceBackend
    {
        public ModelSignature Signature { get; } = new ManagedBackend().Signature;

        public string ExecutionProvider => "Stubborn";

        public ValueTask<InferenceOutputs> InferAsync(InferenceInputs inputs, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => throw new InvalidOperationException("no");
    }

    private class Pipe(byte[] bytes) : Stream
    {
        private readonly MemoryStream _inner = new(bytes);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => _inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class Throwing(Exception error) : Pipe([])
    {
        public override int Read(byte[] buffer, int offset, int count) => throw error;

        public override void Write(byte[] buffer, int offset, int count) => throw error;
    }

    private sealed class Hook(Action action) : Pipe([])
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            action();
            return 0;
        }
    }
}
