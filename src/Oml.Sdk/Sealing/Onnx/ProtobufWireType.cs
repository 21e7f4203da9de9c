namespace Oml.Sdk.Sealing.Onnx;

/// <summary>How the value of a field is laid out. Groups (3 and 4) are not: ONNX never had them.</summary>
internal enum ProtobufWireType
{
    Varint = 0,
    Fixed64 = 1,
    LengthDelimited = 2,
    Fixed32 = 5,
}
