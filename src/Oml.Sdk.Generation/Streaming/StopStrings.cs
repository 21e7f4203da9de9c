namespace Oml.Sdk.Generation.Streaming;

/// <summary>Lets text through up to the first stop string, holding back what may be the beginning of one. Not thread-safe.</summary>
internal sealed class StopStrings(string[] stops)
{
    private string _held = "";

    /// <summary>Whether a stop string has come.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes text and gives what is certain to be before any stop string.</summary>
    public string Add(string text)
    {
        if (stops.Length == 0 || Stopped)
        {
            return Stopped ? "" : text;
        }

        _held += text;
        int stop = FindFirst();
        Stopped = stop >= 0;
        int certain = Stopped ? stop : _held.Length - LongestBeginning();
        string certainText = _held[..certain];
        _held = Stopped ? "" : _held[certain..];
        return certainText;
    }

    /// <summary>Gives what was held back: no stop string came of it.</summary>
    public string Flush()
    {
        string text = _held;
        _held = "";
        return text;
    }

    private int FindFirst()
    {
        int first = -1;
        foreach (string stop in stops)
        {
            int place = _held.IndexOf(stop, StringComparison.Ordinal);
            first = place >= 0 && (first < 0 || place < first) ? place : first;
        }

        return first;
    }

    // How much of the end is the beginning of a stop string.
    private int LongestBeginning()
    {
        int longest = 0;
        foreach (string stop in stops)
        {
            for (int length = Math.Min(stop.Length - 1, _held.Length); length > longest; length--)
            {
                if (_held.AsSpan(_held.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
