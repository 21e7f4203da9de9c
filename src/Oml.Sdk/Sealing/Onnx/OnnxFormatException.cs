using System.Globalization;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>The bytes of a model, or what they say about its external data, break a rule.</summary>
/// <param name="message">What is wrong and with what.</param>
/// <param name="position">Where in the model; null when the fault is not in its bytes.</param>
internal sealed class OnnxFormatException(string message, int? position = null)
    : Exception(position is { } at ? string.Create(CultureInfo.InvariantCulture, $"{message} (At byte {at} of the model.)") : message)
{
    public int? Position => position;
}
