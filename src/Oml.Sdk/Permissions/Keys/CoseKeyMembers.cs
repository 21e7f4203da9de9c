using System.Formats.Cbor;
using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>The members of a COSE_Key, each taken once, so that what nobody took is seen. Slices of the key, no copies.</summary>
internal sealed class CoseKeyMembers
{
    /// <summary>A number that no registry has.</summary>
    public const long TextInPlace = long.MinValue;

    private readonly Dictionary<long, ReadOnlyMemory<byte>> _values = [];

    /// <summary>Reads the map.</summary>
    /// <exception cref="CryptographicException">It is no map in deterministic CBOR, or has too many members.</exception>
    public CoseKeyMembers(ReadOnlyMemory<byte> coseKey)
    {
        try
        {
            CborReader reader = StrictCbor.Open(coseKey);
            int count = reader.ReadStartMap().GetValueOrDefault();
            Require(count <= IssuerKeyLimits.MaxCoseMembers, $"has {count} members; the limit is {IssuerKeyLimits.MaxCoseMembers}");
            for (int i = 0; i < count; i++)
            {
                // A label of text or beyond 64 bits becomes 0, which nobody takes.
                long label = StrictCbor.Narrow(StrictCbor.ReadLabel(reader));
                int start = coseKey.Length - reader.BytesRemaining;
                StrictCbor.Skip(reader);
                _values[label] = coseKey[start..^reader.BytesRemaining];
            }

            reader.ReadEndMap();
            Require(reader.BytesRemaining == 0, "is followed by bytes that do not belong to it");
        }
        catch (Exception exception) when (exception is MalformedTokenException || StrictCbor.IsMalformed(exception))
        {
            throw new CryptographicException("The COSE_Key is truncated or not deterministic CBOR.", exception);
        }
    }

    public bool Has(long label) => _values.ContainsKey(label);

    public bool HasAny(long first, long last) => _values.Keys.Any(label => label <= first && label >= last);

    /// <summary>A number; null when there is none, <see cref="TextInPlace"/> where COSE allows text and there is some.</summary>
    public long? TakeNumber(long label, string name) => !Has(label) ? null : Take(
        label, name, static reader => reader.PeekState() == CborReaderState.TextString ? TextInPlace : reader.ReadInt64());

    public byte[]? TakeBytes(long label, string name, int maxBytes)
    {
        byte[]? bytes = Take(label, name, static reader => reader.ReadByteString());
        Require(bytes is null || bytes.Length <= maxBytes, $"has {name} of {bytes?.Length} bytes; the limit is {maxBytes}");
        return bytes;
    }

    /// <summary>The operations that the key may be used for, text as 0; null when it does not say.</summary>
    public IReadOnlyList<long>? TakeOperations()
    {
        return Take(CoseKeyLabel.Operations, "key_ops", Read);

        static List<long> Read(CborReader reader)
        {
            int count = reader.ReadStartArray().GetValueOrDefault();
            Require(count is > 0 and <= IssuerKeyLimits.MaxOperations, "has key_ops that are none or too many");
            List<long> operations = [];
            for (int i = 0; i < count; i++)
            {
                long operation = StrictCbor.Narrow(StrictCbor.ReadLabel(reader));
                Require(operation == 0 || !operations.Contains(operation), "has the same operation twice in key_ops");
                operations.Add(operation);
            }

            reader.ReadEndArray();
            return operations;
        }
    }

    /// <exception cref="CryptographicException">There is a member that nobody took.</exception>
    public void ThrowIfAnyIsLeft() => Require(
        _values.Count == 0, $"has a member that is not known here ({string.Join(", ", _values.Keys.Select(Describe))})");

    private static string Describe(long label) => label == 0 ? "text" : label.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private T? Take<T>(long label, string name, Func<CborReader, T> read)
    {
        if (!_values.Remove(label, out ReadOnlyMemory<byte> value))
        {
            return default;
        }

        try
        {
            return read(StrictCbor.Open(value));
        }
        catch (Exception exception) when (StrictCbor.IsMalformed(exception))
        {
            throw new CryptographicException($"The COSE_Key has {name} of another type or range than it must be.", exception);
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new CryptographicException($"The COSE_Key {otherwise}.");
        }
    }
}
