namespace Oml.Sdk.Sealing;

/// <summary>Why a fingerprint could not be baked into a model. The numbers are stable and never reused.</summary>
public enum BakingFailure
{
    /// <summary>No failure.</summary>
    None = 0,

    /// <summary>It is no ONNX model, contradicts itself, or is of an operator set before 7.</summary>
    InvalidModel = 1,

    /// <summary>The model has no output of that name, or several outputs of which none was chosen.</summary>
    NoSuchOutput = 2,

    /// <summary>The output is no tensor of half, single or double precision.</summary>
    UnsupportedType = 3,

    /// <summary>The output is of a kind that a sign for each element would spoil, such as one that was clipped, or no node makes it.</summary>
    UnsuitableOutput = 4,

    /// <summary>The model does not say how many elements a row of the output has.</summary>
    UnknownRowLength = 5,

    /// <summary>The rows of the output are too short to tell licensees apart, or longer than is supported.</summary>
    UnsupportedRowLength = 6,

    /// <summary>The model carries a baked fingerprint already: it is not the clean one.</summary>
    AlreadyBaked = 7,

    /// <summary>The output's element type does not hold the amplitude, or rounding of the bias swallows it.</summary>
    AmplitudeOutOfRange = 8,
}
