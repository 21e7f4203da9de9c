using Microsoft.Extensions.Logging.Abstractions;
using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;
using Oml.Sdk.Sealing;
using Oml.Sdk.Sealing.Loading;
using Oml.Sdk.Sealing.Memory;
using Oml.Sdk.TestModels;

namespace Oml.Sdk.OnnxRuntime.Tests.Sealing;

/// <summary>Weights that are decrypted while ONNX Runtime rearranges them.</summary>
public sealed class ArrivingWeightsTests : IAsyncLifetime
{
    private static readonly OnnxRuntimeOptions Prepacked = new() { Prepacking = Prepacking.On };
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-arriving-");
    private readonly PermissionIssuer _publisher = PermissionIssuer.Create();
    private readonly ContentKey _key = ContentKey.Generate();
    private readonly byte[] _plain = TestModel.Mlp(512, 1024, 4, 10);
    private byte[] _sealed = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using (SecretMemory memory = SecretMemory.Allocate(1))
        {
            using PageDelivery? pages = PageDelivery.TryBegin(memory);
            Assert.SkipWhen(pages is null, "This system does not let a process deliver pages (userfaultfd).");
        }

        string graph = ExternalModel.Write(_folder.FullName, _plain);
        using MemoryStream file = new();
        await new ModelSealer(_publisher, _key).SealAsync(
            ModelPackage.FromOnnx(graph), file, new SealOptions { Name = "mlp" }, cancellationToken: Cancellation);
        _sealed = file.ToArray();
    }

    public ValueTask DisposeAsync()
    {
        _publisher.Dispose();
        _key.Dispose();
        _folder.Delete(recursive: true);
        return default;
    }

    [Fact]
    public async Task The_runtime_is_created_while_weights_are_still_to_come_and_computes_the_same()
    {
        TaskCompletionSource created = new();
        using SealedModel model = Open(_sealed, created.Task);
        using UnlockedModel contents = model.Unlock(_key);

        // The weights cannot be read before the factory runs: without the overlap, this would wait for ever.
        await using IInferenceBackend backend = await LoadAsync(
            contents,
            source =>
            {
                created.SetResult();
                return OnnxRuntimeBackend.Load(source, Prepacked);
            }).WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

        using OpenSession reference = SessionFactory.Open(ModelSource.FromBytes(_plain), Prepacked, NullLogger.Instance);
        float[] input = [.. Enumerable.Range(0, 512).Select(i => i % 11 / 11f)];
        using InferenceOutputs outputs = await backend.InferAsync(
            new InferenceInputs().Add(backend.Signature.Inputs[0].Name, input, 1, 512), Cancellation);
        await using OnnxRuntimeBackend plain = OnnxRuntimeBackend.Load(ModelSource.FromBytes(_plain), Prepacked);
        using InferenceOutputs expected = await plain.InferAsync(new InferenceInputs().Add(plain.Signature.Inputs[0].Name, input, 1, 512), Cancellation);
        outputs[0].GetSpan<float>().ToArray().Should().Equal(expected[0].GetSpan<float>().ToArray());
    }

    [Fact]
    public async Task Garbage_is_collected_while_the_runtime_waits_for_weights()
    {
        using CancellationTokenSource done = new();
        Task collector = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    GC.Collect();
                    Thread.Sleep(1);
                }
            },
            Cancellation);
        for (int i = 0; i < 5; i++)
        {
            using SealedModel model = Open(_sealed, Task.CompletedTask);
            using UnlockedModel contents = model.Unlock(_key);
            await using IInferenceBackend backend = await LoadAsync(contents, source => OnnxRuntimeBackend.Load(source, Prepacked))
                .WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        }

        await done.CancelAsync();
        await collector;
    }

    [Fact]
    public async Task A_changed_byte_at_the_end_of_the_weights_is_refused_and_what_was_created_is_thrown_away()
    {
        byte[] changed = [.. _sealed];
        using (SealedModel intact = Open(_sealed, Task.CompletedTask))
        {
            SealedEntry weights = intact.Manifest.FindEntry(ExternalModel.Weights)!;
            changed[weights.ChunksOffset + weights.Size] ^= 1;
        }

        using SealedModel model = Open(changed, Task.CompletedTask);
        using UnlockedModel contents = model.Unlock(_key);
        Watched? backend = null;

        Func<Task> load = () => LoadAsync(contents, source => backend = new Watched(OnnxRuntimeBackend.Load(source, Prepacked)));

        (await load.Should().ThrowAsync<SealedModelException>()).Which.Failure.Should().Be(SealedModelFailure.Tampered);
        backend!.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task What_the_runtime_says_of_weights_that_were_refused_is_not_the_reason()
    {
        byte[] changed = [.. _sealed];
        using SealedModel intact = Open(_sealed, Task.CompletedTask);
        changed[intact.Manifest.FindEntry(ExternalModel.Weights)!.ChunksOffset + 100] ^= 1;
        TaskCompletionSource created = new();
        using SealedModel model = Open(changed, created.Task);
        using UnlockedModel contents = model.Unlock(_key);

        Func<Task> load = () => LoadAsync(
            contents,
            source =>
            {
                created.SetResult();
                OnnxRuntimeBackend.Load(source, Prepacked).DisposeAsync().AsTask().GetAwaiter().GetResult();
                throw new ModelLoadException("mlp", "these weights are all zero");
            });

        (await load.Should().ThrowAsync<SealedModelException>()).Which.Failure.Should().Be(SealedModelFailure.Tampered);
    }

    [Fact]
    public async Task An_error_of_the_runtime_is_told_as_it_is_and_the_rest_is_not_decrypted()
    {
        TaskCompletionSource created = new();
        using SealedModel model = Open(_sealed, created.Task);
        using UnlockedModel contents = model.Unlock(_key);

        Func<Task> load = () => LoadAsync(
            contents,
            _ =>
            {
                created.SetResult();
                throw new ModelLoadException("mlp", "no such operator");
            });

        await load.Should().ThrowAsync<ModelLoadException>().WithMessage("no such operator");
    }

    [Fact]
    public async Task A_load_that_is_cancelled_ends_and_leaves_nothing()
    {
        TaskCompletionSource created = new();
        using CancellationTokenSource cancel = new();
        using SealedModel model = Open(_sealed, created.Task);
        using UnlockedModel contents = model.Unlock(_key);
        Watched? backend = null;

        Func<Task> load = () => SealedModelLoader.LoadAsync(
            contents,
            "mlp",
            (source, _, _) =>
            {
                cancel.Cancel();
                created.SetResult();
                return new(backend = new Watched(OnnxRuntimeBackend.Load(source, Prepacked)));
            },
            NullLoggerFactory.Instance,
            cancel.Token,
            WeightArrival.WhileLoading).AsTask();

        await load.Should().ThrowAsync<OperationCanceledException>();
        backend!.IsDisposed.Should().BeTrue();
    }

    [Theory]
    [InlineData(Prepacking.On, ExecutionProvider.Cpu, false, true)]
    [InlineData(Prepacking.Auto, ExecutionProvider.Cpu, false, false)]
    [InlineData(Prepacking.Off, ExecutionProvider.Cpu, false, false)]
    [InlineData(Prepacking.On, ExecutionProvider.CudaThenCpu, false, false)]
    [InlineData(Prepacking.On, ExecutionProvider.Cuda, false, false)]
    [InlineData(Prepacking.On, ExecutionProvider.Cpu, true, false)]
    public void Only_where_native_code_alone_reads_weights_may_they_come_later(
        Prepacking prepacking, ExecutionProvider provider, bool isConfigured, bool mayComeLater)
    {
        OnnxRuntimeOptions options = new()
        {
            Prepacking = prepacking, ExecutionProvider = provider, ConfigureSession = isConfigured ? _ => { } : null,
        };

        OnnxRuntimeBackend.ArrivalFor(options).Should().Be(mayComeLater ? WeightArrival.WhileLoading : WeightArrival.BeforeLoading);
    }

    private SealedModel Open(byte[] file, Task open)
    {
        using SealedModel model = SealedModel.Open(new MemoryStream(file, writable: false), _publisher.PublicKey);
        SealedEntry weights = model.Manifest.FindEntry(ExternalModel.Weights)!;
        return SealedModel.Open(new GatedStream(file, weights.ChunksOffset + 50_000, open), _publisher.PublicKey);
    }

    private static Task<IInferenceBackend> LoadAsync(UnlockedModel contents, Func<ModelSource, IInferenceBackend> create) =>
        SealedModelLoader.LoadAsync(
            contents, "mlp", (source, _, _) => new(create(source)), NullLoggerFactory.Instance, Cancellation, WeightArrival.WhileLoading).AsTask();

    private sealed class Watched(IInferenceBackend inner) : DelegatingInferenceBackend(inner)
    {
        public bool IsDisposed { get; private set; }

        public override ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return base.DisposeAsync();
        }
    }
}
