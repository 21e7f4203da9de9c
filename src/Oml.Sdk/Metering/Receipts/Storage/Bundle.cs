using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>The records of one file, each with its length before it in two bytes, big-endian, as in C2SP tlog-tiles. A buffer to read files into.</summary>
/// <param name="maxRecordBytes">The most that a record may have.</param>
internal sealed class Bundle(int maxRecordBytes = Receipt.MaxEncodedBytes)
{
    public const int PrefixBytes = 2;

    private readonly int[] _starts = new int[TilePath.Width + 1];
    private byte[] _bytes = [];
    private int _read;

    /// <summary>How many whole records the file has.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes those are.</summary>
    public int WholeBytes => _starts[Count];

    /// <summary>How many bytes the first records are.</summary>
    public int BytesOf(int count) => _starts[count];

    /// <summary>How many bytes follow the last whole record.</summary>
    public long RestBytes { get; private set; }

    /// <summary>A record; it is overwritten when the next file is read.</summary>
    public ReadOnlyMemory<byte> this[int index] =>
        _bytes.AsMemory(_starts[index] + PrefixBytes, _starts[index + 1] - _starts[index] - PrefixBytes);

    /// <summary>What was read from a record on: up to the end of the file, or to where the most that a file may have ends.</summary>
    public ReadOnlyMemory<byte> From(int index) => _bytes.AsMemory(_starts[index].._read);

    /// <summary>Reads a file; one that is not there has no records.</summary>
    public void Read(string path)
    {
        Count = 0;
        RestBytes = 0;
        _read = 0;
        using SafeFileHandle? handle = RecordFile.OpenToRead(path);
        if (handle is null)
        {
            return;
        }

        long length = RandomAccess.GetLength(handle);
        int wanted = (int)Math.Min(length, TilePath.Width * (PrefixBytes + maxRecordBytes));
        if (_bytes.Length < wanted)
        {
            _bytes = new byte[wanted];
        }

        _read = RecordFile.Read(handle, 0, _bytes.AsSpan(0, wanted));
        Split(_bytes.AsSpan(0, _read));
        RestBytes = Math.Max(length, _read) - WholeBytes;
    }

    private void Split(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (Count < TilePath.Width && at + PrefixBytes <= bytes.Length)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            int end = at + PrefixBytes + length;
            if (length == 0 || length > maxRecordBytes || end > bytes.Length)
            {
                return;
            }

            _starts[++Count] = at = end;
        }
    }
}
