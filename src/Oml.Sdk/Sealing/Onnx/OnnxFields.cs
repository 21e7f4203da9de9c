namespace Oml.Sdk.Sealing.Onnx;

/// <summary>The numbers of the ONNX fields that are looked at. All others are carried along unread.</summary>
internal static class OnnxFields
{
    public const int ModelIrVersion = 1;
    public const int ModelGraph = 7;
    public const int ModelOpsetImport = 8;
    public const int ModelTrainingInfo = 20;
    public const int ModelFunctions = 25;

    public const int OpsetDomain = 1;
    public const int OpsetVersion = 2;

    public const int TrainingInitialization = 1;
    public const int TrainingAlgorithm = 2;

    public const int FunctionNode = 7;
    public const int FunctionAttributeProto = 11;

    public const int GraphNode = 1;
    public const int GraphInitializer = 5;
    public const int GraphInput = 11;
    public const int GraphOutput = 12;
    public const int GraphSparseInitializer = 15;

    public const int ValueInfoName = 1;
    public const int ValueInfoType = 2;
    public const int TypeTensor = 1;
    public const int TensorTypeElement = 1;
    public const int TensorTypeShape = 2;
    public const int ShapeDim = 1;
    public const int DimValue = 1;

    public const int NodeInput = 1;
    public const int NodeOutput = 2;
    public const int NodeName = 3;
    public const int NodeOpType = 4;
    public const int NodeAttribute = 5;
    public const int NodeDomain = 7;

    public const int AttributeName = 1;
    public const int AttributeFloat = 2;
    public const int AttributeInt = 3;
    public const int AttributeTensor = 5;
    public const int AttributeGraph = 6;
    public const int AttributeTensors = 10;
    public const int AttributeGraphs = 11;
    public const int AttributeType = 20;
    public const int AttributeSparseTensor = 22;
    public const int AttributeSparseTensors = 23;

    public const int SparseValues = 1;
    public const int SparseIndices = 2;

    public const int TensorDims = 1;
    public const int TensorDataType = 2;
    public const int TensorSegment = 3;
    public const int TensorFloatData = 4;
    public const int TensorInt32Data = 5;
    public const int TensorStringData = 6;
    public const int TensorInt64Data = 7;
    public const int TensorName = 8;
    public const int TensorRawData = 9;
    public const int TensorDoubleData = 10;
    public const int TensorUInt64Data = 11;
    public const int TensorExternalData = 13;
    public const int TensorDataLocation = 14;

    public const int EntryKey = 1;
    public const int EntryValue = 2;

    /// <summary>The value of data_location that says: the values are in another file.</summary>
    public const int DataLocationExternal = 1;

    /// <summary>The type of an attribute that holds a tensor.</summary>
    public const int AttributeTypeTensor = 4;
}
