using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>The records of one file, each with its length before it in two bytes, big-endian, as in C2SP tlog-tiles. A buffer to read files into.</summary>
internal sealed class Bundle
{
    public const int MaxRecordBytes = Receipt.MaxEncodedBytes;
    public const int PrefixBytes = 2;
    private const int MaxBytes = TilePath.Width * (PrefixBytes + MaxRecordBytes);

    private readonly int[] _starts = new int[TilePath.Width + 1];
    private byte[] _bytes = [];

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

    /// <summary>Reads a file; one that is not there has no records.</summary>
    public void Read(string path)
    {
        Count = 0;
        RestBytes = 0;
        using SafeFileHandle? handle = RecordFile.OpenToRead(path);
        if (handle is null)
        {
            return;
        }

        long length = RandomAccess.GetLength(handle);
        int wanted = (int)Math.Min(length, MaxBytes);
        if (_bytes.Length < wanted)
        {
            _bytes = new byte[wanted];
        }

        int read = RecordFile.Read(handle, 0, _bytes.AsSpan(0, wanted));
        Split(_bytes.AsSpan(0, read));
        RestBytes = Math.Max(length, read) - WholeBytes;
    }

    private void Split(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (Count < TilePath.Width && at + PrefixBytes <= bytes.Length)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            int end = at + PrefixBytes + length;
            if (length is 0 or > MaxRecordBytes || end > bytes.Length)
            {
                return;
            }

            _starts[++Count] = at = end;
        }
    }
}
