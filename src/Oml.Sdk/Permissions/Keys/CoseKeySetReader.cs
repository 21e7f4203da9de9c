using System.Formats.Cbor;
using System.Security.Cryptography;

namespace Oml.Sdk.Permissions;

/// <summary>Reads a COSE_KeySet (RFC 9052 §7): an array of COSE_Key.</summary>
internal static class CoseKeySetReader
{
    public static IssuerKeySet Read(ReadOnlyMemory<byte> set, UnknownKeyHandling handling)
    {
        IssuerKeySetBuilder builder = new(handling);
        foreach (ReadOnlyMemory<byte> key in Split(set))
        {
            builder.Add(key, CoseKeyReader.Read);
        }

        return builder.Build();
    }

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> set)
    {
        try
        {
            CborReader reader = StrictCbor.Open(set);
            int count = reader.ReadStartArray().GetValueOrDefault();
            List<ReadOnlyMemory<byte>> keys = [];
            for (int i = 0; i < count && i <= IssuerKeySet.MaxKeys; i++)
            {
                int start = set.Length - reader.BytesRemaining;
                StrictCbor.Skip(reader);
                keys.Add(set[start..^reader.BytesRemaining]);
            }

            // Of a longer array the rest is not looked at: the count alone refuses it.
            if (count <= IssuerKeySet.MaxKeys)
            {
                reader.ReadEndArray();
                if (reader.BytesRemaining != 0)
                {
                    throw new CryptographicException("The COSE_KeySet is followed by bytes that do not belong to it.");
                }
            }

            return keys;
        }
        catch (Exception exception) when (exception is MalformedTokenException || StrictCbor.IsMalformed(exception))
        {
            throw new CryptographicException("The COSE_KeySet is truncated or not deterministic CBOR.", exception);
        }
    }
}
