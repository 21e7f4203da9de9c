using Oml.Sdk.Inference;
using Oml.Sdk.Permissions;

namespace Oml.Sdk.Tests.Support;

/// <summary>What the facade allocates on the hot path, over a backend that allocates nothing.</summary>
internal static class SessionAllocations
{
    public static async Task ShouldBeNoneAsync(
        IPermissionVerifier verifier, InferenceInputs inputs, Func<OmlSession, Task>? prepare = null, Action<OmlSession>? beforeCall = null)
    {
        (await MeasureAsync(verifier, inputs, prepare, beforeCall)).Should().AllBeEquivalentTo(0L);
    }

    /// <summary>Bytes in each of 100 windows of 100 calls, after as many to warm up.</summary>
    public static async Task<long[]> MeasureAsync(
        IPermissionVerifier verifier,
        InferenceInputs inputs,
        Func<OmlSession, Task>? prepare = null,
        Action<OmlSession>? beforeCall = null,
        Action<OmlModelBuilder>? configure = null)
    {
        InferenceOutputs outputs = new([OutputTensor.Create("y", new float[4], 1, 4)]);
        OmlModelBuilder builder = OmlModel.CreateBuilder()
            .UseOnnx(ModelFixture.ModelBytes)
            .UseBackend((_, _, _) => new(new FixedBackend(outputs)))
            .UsePermissionVerifier(verifier);
        configure?.Invoke(builder);
        await using OmlModel model = await builder.BuildAsync();
        await using OmlSession session = await model.AuthorizeAsync(default);
        if (prepare is not null)
        {
            await prepare(session);
        }

        long[] windows = new long[100];
        for (int warmUp = 0; warmUp < 2; warmUp++)
        {
            for (int window = 0; window < windows.Length; window++)
            {
                int collections = GC.CollectionCount(0);
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < 100; i++)
                {
                    beforeCall?.Invoke(session);
                    Finish(session.InferAsync(inputs));
                }

                windows[window] = GC.GetAllocatedBytesForCurrentThread() - before;
                if (GC.CollectionCount(0) != collections)
                {
                    // A collection, for whatever other tests allocate, books the unused rest of this thread's buffer: measure again.
                    window--;
                }
            }
        }

        return windows;
    }

    private static void Finish(ValueTask<InferenceOutputs> call)
    {
        if (!call.IsCompletedSuccessfully)
        {
            call.AsTask().GetAwaiter().GetResult();
        }
    }
}
