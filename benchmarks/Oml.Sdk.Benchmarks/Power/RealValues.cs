using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Oml.Sdk.Benchmarks.Harness;
using Oml.Sdk.OnnxRuntime.Tests.Support;

namespace Oml.Sdk.Benchmarks.Power;

/// <summary>What real models answer that give values and no classes.</summary>
internal static class RealValues
{
    private const int SmallSide = 224;
    private const int Factor = 3;
    private const int Frame = 512;
    private const int FrameContext = 64;
    private const int State = 2 * 128;
    private const long SampleRate = 16_000;
    private const int WaveHeader = 44;

    /// <summary>super-resolution: a picture, and what the model makes of the same picture at a third of its size.</summary>
    /// <returns>Null if the data are not there.</returns>
    public static (float[] Right, float[] Answer)? TrySuperResolution()
    {
        if (DataFiles.Find("super-resolution", "model.onnx") is not { } model
            || DataFiles.Find("super-resolution", "test_data_set_0", "output_0.pb") is not { } picture)
        {
            return null;
        }

        float[] right = TensorProto.ReadFloats(picture).Data;
        float[] small = TrainedModels.Smaller(right, SmallSide * Factor, Factor);
        using InferenceSession session = Open(model);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(small, [1, 1, SmallSide, SmallSide]);
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, [session.InputNames[0]], [input], session.OutputNames);
        return (right, outputs[0].GetTensorDataAsSpan<float>().ToArray());
    }

    /// <summary>silero-vad: how probably somebody speaks, for each of 1,875 pieces of a recording.</summary>
    /// <returns>Null if the data are not there.</returns>
    public static float[][]? TrySpeech()
    {
        if (DataFiles.Find("silero-vad", "silero_vad.onnx") is not { } model || DataFiles.Find("silero-vad", "test.wav") is not { } wave)
        {
            return null;
        }

        float[] sound = [.. MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(wave).AsSpan(WaveHeader)).ToArray().Select(x => x / 32768f)];
        float[] state = new float[State];
        float[] frame = new float[FrameContext + Frame];
        List<float[]> answers = [];
        using InferenceSession session = Open(model);
        using RunOptions options = new();
        for (int start = 0; start + Frame <= sound.Length; start += Frame)
        {
            frame.AsSpan(Frame).CopyTo(frame);
            sound.AsSpan(start, Frame).CopyTo(frame.AsSpan(FrameContext));
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(frame, [1, frame.Length]);
            using OrtValue before = OrtValue.CreateTensorValueFromMemory(state, [2, 1, State / 2]);
            using OrtValue rate = OrtValue.CreateTensorValueFromMemory(new[] { SampleRate }, []);
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, ["input", "state", "sr"], [input, before, rate], session.OutputNames);
            answers.Add(outputs[0].GetTensorDataAsSpan<float>().ToArray());
            outputs[1].GetTensorDataAsSpan<float>().CopyTo(state);
        }

        return [.. answers];
    }

    // One thread: sums are in the same order each time.
    private static InferenceSession Open(string path)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1 };
        return new InferenceSession(path, options);
    }
}
