namespace Oml.Sdk.Fingerprints.Text;

/// <summary>The last contexts of one text, by their hashes. Not thread-safe.</summary>
/// <param name="capacity">How many.</param>
internal sealed class RecentContexts(int capacity)
{
    private readonly ulong[] _hashes = new ulong[capacity];
    private int _count;
    private int _next;

    /// <summary>Adds a context; false if it is among the last ones already. It is the latest in either case.</summary>
    public bool Add(ulong hash)
    {
        bool isNew = !_hashes.AsSpan(0, _count).Contains(hash);
        _hashes[_next] = hash;
        _next = (_next + 1) % _hashes.Length;
        _count = Math.Min(_count + 1, _hashes.Length);
        return isNew;
    }

    public void Clear() => (_count, _next) = (0, 0);
}
