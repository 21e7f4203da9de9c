using Oml.Sdk.Inference;

namespace Oml.Sdk.Generation.Decoding;

/// <summary>One input of a decoder.</summary>
/// <param name="Info">What the model declares of it.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Present">For a part of the cache: the place of the output that is its next value.</param>
/// <param name="SequenceAxis">For a part of the cache: the dimension that grows by one with every token.</param>
internal sealed record DecoderInput(TensorInfo Info, DecoderRole Role, int Present = -1, int SequenceAxis = -1);
