using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>Appends records to files of 256. For one thread at a time; after an error it must not be used again.</summary>
internal sealed class BundleWriter(string folder, long count, long lastFileBytes) : IDisposable
{
    private byte[] _pending = new byte[16 * 1024];
    private int _pendingBytes;
    private SafeFileHandle? _handle;
    private long _fileBytes = lastFileBytes;

    /// <summary>How many records there are, those that <see cref="Flush"/> has not written yet included.</summary>
    public long Count { get; private set; } = count;

    /// <summary>Whether the next record belongs to another file, so that the pending ones must be written first.</summary>
    public bool IsAtEndOfFile => Count % TilePath.Width == 0;

    public void Add(ReadOnlySpan<byte> record)
    {
        int needed = _pendingBytes + Bundle.PrefixBytes + record.Length;
        if (needed > _pending.Length)
        {
            Array.Resize(ref _pending, Math.Max(needed, 2 * _pending.Length));
        }

        BinaryPrimitives.WriteUInt16BigEndian(_pending.AsSpan(_pendingBytes), (ushort)record.Length);
        record.CopyTo(_pending.AsSpan(_pendingBytes + Bundle.PrefixBytes));
        _pendingBytes = needed;
        Count++;
    }

    /// <summary>Writes what is pending and waits until the disk has it.</summary>
    public void Flush()
    {
        if (_pendingBytes == 0)
        {
            return;
        }

        _handle ??= RecordFile.OpenToAppend(TilePath.Of(folder, (Count - 1) / TilePath.Width));
        RandomAccess.Write(_handle, _pending.AsSpan(0, _pendingBytes), _fileBytes);
        RandomAccess.FlushToDisk(_handle);
        _fileBytes += _pendingBytes;
        _pendingBytes = 0;
        if (IsAtEndOfFile)
        {
            _handle.Dispose();
            _handle = null;
            _fileBytes = 0;
        }
    }

    public void Dispose() => _handle?.Dispose();
}
