using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Oml.Sdk.Inference;

namespace Oml.Sdk.Permissions;

/// <summary>Feeds inputs to SHA-256 in the canonical form of docs/spec/permission.md §5.</summary>
internal static class InputHasher
{
    // What a hash is given at once: a span of bytes cannot be as long as the longest tensor.
    private const int ElementsAtOnce = 1 << 24;
    private const int MaxSortedOnStack = 64;
    private const int MaxTextOnStack = 512;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // A session hashes on its hot path, from any thread, and must not allocate there.
    [ThreadStatic]
    private static IncrementalHash? _hash;

    private static ReadOnlySpan<byte> Domain => "oml input digest 1\0"u8;

    public static void Hash(InferenceInputs inputs, Span<byte> destination)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Input digests are over little-endian elements, which this machine does not have.");
        }

        IncrementalHash hash = _hash ?? IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // Whatever fails on the way must not leave half a message for the next caller.
        _hash = null;
        Span<int> order = inputs.Count <= MaxSortedOnStack ? stackalloc int[inputs.Count] : new int[inputs.Count];
        Sort(inputs, order);
        hash.AppendData(Domain);
        Append(hash, (uint)inputs.Count);
        foreach (int index in order)
        {
            Append(hash, inputs.NameAt(index), inputs.TensorAt(index));
        }

        hash.GetHashAndReset(destination);
        _hash = hash;
    }

    private static void Append(IncrementalHash hash, string name, InputTensor tensor)
    {
        Append(hash, name, name);
        hash.AppendData([(byte)tensor.ElementType]);
        Append(hash, (uint)tensor.Shape.Length);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (long dimension in tensor.Shape)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, dimension);
            hash.AppendData(number);
        }

        if (tensor is InputTensor<string> strings)
        {
            foreach (string element in strings.Data.Span)
            {
                Append(hash, element, name);
            }

            return;
        }

        for (int start = 0; start < tensor.Length; start += ElementsAtOnce)
        {
            hash.AppendData(tensor.GetBytes(start, Math.Min(ElementsAtOnce, tensor.Length - start)));
        }
    }

    private static void Append(IncrementalHash hash, uint number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }

    // A replacement character for what is not Unicode would give different texts one digest.
    private static void Append(IncrementalHash hash, string text, string inputName)
    {
        byte[]? rented = null;
        try
        {
            int length = StrictUtf8.GetByteCount(text);
            Span<byte> utf8 = length <= MaxTextOnStack ? stackalloc byte[length] : (rented = ArrayPool<byte>.Shared.Rent(length)).AsSpan(0, length);
            StrictUtf8.GetBytes(text, utf8);
            Append(hash, (uint)length);
            hash.AppendData(utf8);
        }
        catch (EncoderFallbackException error)
        {
            throw new InvalidInputException(
                inputName, "valid Unicode", "an unpaired surrogate",
                $"The input '{inputName}' has text that is not valid Unicode, so it has no digest.", error);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    // An insertion sort: calls have a handful of inputs.
    private static void Sort(InferenceInputs inputs, Span<int> order)
    {
        for (int i = 0; i < order.Length; i++)
        {
            int place = i;
            for (; place > 0 && Compare(inputs.NameAt(i), inputs.NameAt(order[place - 1])) < 0; place--)
            {
                order[place] = order[place - 1];
            }

            order[place] = i;
        }
    }

    // The order of UTF-8 bytes is that of code points; that of UTF-16 has the surrogates before U+E000.
    private static int Compare(string left, string right)
    {
        int common = Math.Min(left.Length, right.Length);
        int same = left.AsSpan(0, common).CommonPrefixLength(right.AsSpan(0, common));
        return same == common ? left.Length - right.Length : Rank(left[same]) - Rank(right[same]);

        static int Rank(char c) => c switch
        {
            >= '\uE000' => c - 0x800,
            >= '\uD800' => c + 0x2000,
            _ => c,
        };
    }
}
