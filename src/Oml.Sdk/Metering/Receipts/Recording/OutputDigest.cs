using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Metering.Receipts.Recording;

/// <summary>The SHA-256 of a call's outputs in the canonical form of docs/spec/receipt.md §2.</summary>
internal static class OutputDigest
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> Domain => "oml output digest 1\0"u8;

    public static ReceiptHash Compute(InferenceOutputs outputs)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Output digests are over little-endian elements, which this machine does not have.");
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Domain);
        Append(hash, (uint)outputs.Count);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (OutputTensor tensor in outputs)
        {
            Append(hash, tensor.Name);
            hash.AppendData([(byte)tensor.ElementType]);
            Append(hash, (uint)tensor.Shape.Length);
            foreach (long dimension in tensor.Shape)
            {
                BinaryPrimitives.WriteInt64LittleEndian(number, dimension);
                hash.AppendData(number);
            }

            if (tensor.ElementType != TensorElementType.String)
            {
                hash.AppendData(tensor.ReadBytes());
                continue;
            }

            foreach (string element in tensor.GetStrings())
            {
                Append(hash, element);
            }
        }

        Span<byte> digest = stackalloc byte[ReceiptHash.Size];
        hash.GetHashAndReset(digest);
        return new ReceiptHash(digest);
    }

    private static void Append(IncrementalHash hash, uint number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, string text)
    {
        byte[] utf8 = StrictUtf8.GetBytes(text);
        Append(hash, (uint)utf8.Length);
        hash.AppendData(utf8);
    }
}
