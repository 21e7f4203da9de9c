using System.Collections.Immutable;

namespace Oml.Sdk.Sealing.Onnx;

/// <summary>Reads from the bytes of an ONNX model what sealing and loading need, and passes over the rest.</summary>
internal static class OnnxModelScanner
{
    // A model names a handful of domains; without a limit, two bytes of input would cost many times their size.
    private const int MaxOpsets = 256;

    private const int OrtMarkerStart = 4;

    /// <summary>Scans a model.</summary>
    /// <param name="model">Its bytes, which must not change while the result is in use.</param>
    /// <param name="largeInlineBytes">From how many bytes of raw data an initializer of the model's own graph is reported as large.</param>
    /// <exception cref="OnnxFormatException">The model is malformed or ambiguous, or its external data breaks a rule.</exception>
    public static OnnxModelScan Scan(ReadOnlyMemory<byte> model, int largeInlineBytes = InlinePolicy.SmallBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(largeInlineBytes);
        RefuseOrtFormat(model.Span);
        TensorCollector tensors = new(largeInlineBytes);
        OnnxGraphWalker walker = new(tensors);
        ImmutableArray<OnnxOpset>.Builder opsets = ImmutableArray.CreateBuilder<OnnxOpset>();
        long irVersion = 0;
        bool hasGraph = false;
        ProtobufReader reader = new(model.Span);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OnnxFields.ModelIrVersion:
                    reader.Once("The format version of the model");
                    irVersion = (long)reader.Varint();
                    break;
                case OnnxFields.ModelGraph:
                    reader.Once("The graph of the model");
                    walker.Graph(reader.Message(), true);
                    hasGraph = true;
                    break;
                case OnnxFields.ModelOpsetImport when opsets.Count < MaxOpsets:
                    opsets.Add(Opset(reader.Message()));
                    break;
                case OnnxFields.ModelOpsetImport:
                    throw new OnnxFormatException($"The model imports more than {MaxOpsets} operator sets.", reader.FieldStart);
                case OnnxFields.ModelTrainingInfo:
                    Training(reader.Message(), walker);
                    break;
                case OnnxFields.ModelFunctions:
                    walker.Function(reader.Message());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (!hasGraph)
        {
            throw new OnnxFormatException("The model has no graph.", model.Length);
        }

        tensors.CheckNames();
        return new OnnxModelScan
        {
            Model = model,
            IrVersion = irVersion,
            OpsetImports = opsets.DrainToImmutable(),
            InputNames = walker.TakeInputs(),
            OutputNames = walker.TakeOutputs(),
            ExternalTensors = tensors.TakeExternal(),
            LargeInlineTensors = tensors.TakeInline(),
            EpContextNodes = walker.TakeEpContexts(),
            ForeignEpContextNodes = walker.TakeForeignEpContexts(),
        };
    }

    // ONNX Runtime goes by this marker before it thinks of ONNX, and bytes can be valid in both formats.
    private static void RefuseOrtFormat(ReadOnlySpan<byte> model)
    {
        if (model.Length >= OrtMarkerStart && model[OrtMarkerStart..].StartsWith("ORTM"u8))
        {
            throw new OnnxFormatException(
                "The model is in ONNX Runtime's own format, or made to be taken for it; use the ONNX file.", OrtMarkerStart);
        }
    }

    private static OnnxOpset Opset(ProtobufReader reader)
    {
        string domain = string.Empty;
        long version = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OnnxFields.OpsetDomain:
                    reader.Once("The domain of an operator set");
                    domain = reader.Text();
                    break;
                case OnnxFields.OpsetVersion:
                    reader.Once("The version of an operator set");
                    version = (long)reader.Varint();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new OnnxOpset(domain, version);
    }

    private static void Training(ProtobufReader reader, OnnxGraphWalker walker)
    {
        while (reader.Next())
        {
            if (reader.Field is OnnxFields.TrainingInitialization or OnnxFields.TrainingAlgorithm)
            {
                reader.Once("A graph of the training");
                walker.Graph(reader.Message(), false);
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
