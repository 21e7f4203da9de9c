using System.Formats.Cbor;

namespace Oml.Sdk.Permissions;

/// <summary>The output-policy claim (docs/spec/permission.md §5).</summary>
internal static class OutputPolicyClaim
{
    private const long TopK = 1;
    private const long LabelOnly = 2;
    private const long Decimals = 3;
    private const long JustTheLabel = 1;

    /// <summary>Reads the claim; null when it has parts that this version cannot enforce.</summary>
    /// <exception cref="MalformedTokenException">Its parts are not those of a policy.</exception>
    public static OutputPolicy? Read(CborReader reader)
    {
        int? count = reader.ReadStartMap();
        if (count is 0)
        {
            throw new MalformedTokenException("it restricts nothing");
        }

        long? topK = null, label = null, decimals = null;
        bool isKnown = true;
        for (int i = 0; i < count; i++)
        {
            switch (StrictCbor.Narrow(StrictCbor.ReadLabel(reader)))
            {
                case TopK:
                    topK = StrictCbor.ReadInteger(reader, 1, int.MaxValue);
                    break;
                case LabelOnly:
                    label = StrictCbor.ReadInteger(reader, JustTheLabel, long.MaxValue);
                    isKnown &= label == JustTheLabel;
                    break;
                case Decimals:
                    decimals = StrictCbor.ReadInteger(reader, 0, OutputPolicy.MaxDecimals);
                    break;
                default:
                    StrictCbor.Skip(reader);
                    isKnown = false;
                    break;
            }
        }

        reader.ReadEndMap();
        if (!isKnown)
        {
            return null;
        }

        if (label is not null)
        {
            return topK is null && decimals is null
                ? OutputPolicy.LabelOnly()
                : throw new MalformedTokenException("a label has no decimals and no other values beside it");
        }

        return topK is { } k ? OutputPolicy.KeepTop((int)k, (int?)decimals) : OutputPolicy.Round((int)decimals!.Value);
    }

    public static void Write(CborWriter writer, OutputPolicy policy)
    {
        writer.WriteStartMap(null);
        Number(TopK, policy.TopK);
        Number(LabelOnly, policy.IsLabelOnly ? JustTheLabel : null);
        Number(Decimals, policy.Decimals);
        writer.WriteEndMap();

        void Number(long label, long? value)
        {
            if (value is { } number)
            {
                writer.WriteInt64(label);
                writer.WriteInt64(number);
            }
        }
    }
}
