using System.Globalization;
using DigitTrainer.Layers;
using Oml.Sdk.TestModels;

namespace DigitTrainer;

/// <summary>
/// Writes the network as ONNX: <c>image[batch, 1, 28, 28]</c> in, <c>logits[batch, 10]</c> out. ONNX keeps a channel's pixels
/// together, while this program keeps a pixel's channels together, so the weights change their order.
/// </summary>
internal static class OnnxExport
{
    public static byte[] ToModel(Network network, TrainerOptions options, Accuracy accuracy)
    {
        Convolution[] convolutions = [.. network.Layers.OfType<Convolution>()];
        Dense[] dense = [.. network.Layers.OfType<Dense>()];

        OnnxGraph graph = new OnnxGraph("digits")
            .Producer("DigitTrainer", "1.0")
            .Metadata("seed", options.Seed.ToString(CultureInfo.InvariantCulture))
            .Metadata("epochs", options.Epochs.ToString(CultureInfo.InvariantCulture))
            .Metadata("correct_on_unseen_digits", accuracy.ToString())
            .Input("image", OnnxType.Float, "batch", 1, 28, 28)
            .Output("logits", OnnxType.Float, "batch", 10);
        AddConvolution(graph, convolutions[0], "image", "conv1");
        AddConvolution(graph, convolutions[1], "conv1", "conv2");
        float[] hiddenWeights = ByChannel(dense[0], convolutions[1]);
        graph.Node("Flatten", ["conv2"], ["features"])
            .Initializer("hidden_weights", OnnxTensor.Of<float>(hiddenWeights, convolutions[1].OutputSize, dense[0].OutputSize))
            .Initializer("hidden_bias", OnnxTensor.Of(dense[0].Bias, dense[0].OutputSize))
            .Node("Gemm", ["features", "hidden_weights", "hidden_bias"], ["hidden_sum"])
            .Node("Relu", ["hidden_sum"], ["hidden"])
            .Initializer("logits_weights", OnnxTensor.Of(dense[1].Weights, dense[0].OutputSize, dense[1].OutputSize))
            .Initializer("logits_bias", OnnxTensor.Of(dense[1].Bias, dense[1].OutputSize))
            .Node("Gemm", ["hidden", "logits_weights", "logits_bias"], ["logits"]);
        return graph.ToArray();
    }

    private static void AddConvolution(OnnxGraph graph, Convolution layer, string input, string name)
    {
        int kernel = layer.Kernel;
        int padding = kernel / 2;
        graph.Initializer($"{name}_weights", OnnxTensor.Of<float>(ByFilter(layer), layer.Filters, layer.Channels, kernel, kernel))
            .Initializer($"{name}_bias", OnnxTensor.Of(layer.Bias, layer.Filters))
            .Node(
                "Conv",
                [input, $"{name}_weights", $"{name}_bias"],
                [$"{name}_sum"],
                OnnxAttribute.Ints("kernel_shape", kernel, kernel),
                OnnxAttribute.Ints("strides", 2, 2),
                OnnxAttribute.Ints("pads", padding, padding, padding, padding))
            .Node("Relu", [$"{name}_sum"], [name]);
    }

    // [pixel, channel, filter] to [filter, channel, pixel].
    private static float[] ByFilter(Convolution layer)
    {
        int pixels = layer.Kernel * layer.Kernel;
        float[] ordered = new float[layer.Weights.Length];
        for (int i = 0; i < ordered.Length; i++)
        {
            int filter = i % layer.Filters;
            int channel = i / layer.Filters % layer.Channels;
            int pixel = i / (layer.Filters * layer.Channels);
            ordered[(((filter * layer.Channels) + channel) * pixels) + pixel] = layer.Weights[i];
        }

        return ordered;
    }

    // Rows [pixel, channel] to rows [channel, pixel].
    private static float[] ByChannel(Dense layer, Convolution before)
    {
        int pixels = before.OutputSide * before.OutputSide;
        int width = layer.OutputSize;
        float[] ordered = new float[layer.Weights.Length];
        for (int row = 0; row < before.OutputSize; row++)
        {
            int target = (row % before.Filters * pixels) + (row / before.Filters);
            layer.Weights.Slice(row * width, width).CopyTo(ordered.AsSpan(target * width));
        }

        return ordered;
    }
}
