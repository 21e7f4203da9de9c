using System.Buffers;
using System.IO.MemoryMappedFiles;
using Oml.Sdk.Sealing.Memory;

namespace Oml.Sdk.Sealing.Writing;

/// <summary>A publisher's own file of at most 2 GiB as memory, so that looking into a graph does not read its weights.</summary>
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _length;
    private bool _disposed;

    private MappedFile(string path, int length)
    {
        _length = length;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    /// <exception cref="SealedModelException">The file is missing, empty, or larger than an ONNX graph can be.</exception>
    public static MappedFile Open(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists)
        {
            throw new SealedModelException(SealedModelFailure.InvalidGraph, $"There is no ONNX graph at '{path}'.");
        }

        return file.Length is > 0 and <= int.MaxValue ? new MappedFile(file.FullName, (int)file.Length) : throw new SealedModelException(
            SealedModelFailure.InvalidGraph, $"The ONNX graph '{path}' has {file.Length} bytes; 1 byte to 2 GiB were expected.");
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new Span<byte>(_start, _length);
    }

    /// <summary>Lets the system take back the pages of a part that was read: a file that is read once must not fill the process's memory.</summary>
    /// <param name="part">Any memory; what is not of this file is left alone. It can be read again, from the file.</param>
    public void Release(ReadOnlySpan<byte> part)
    {
        fixed (byte* first = part)
        {
            if (_disposed || !OperatingSystem.IsLinux() || first < _start || first + part.Length > _start + _length)
            {
                return;
            }

            nint page = Environment.SystemPageSize;
            nint start = ((nint)first + page - 1) & -page;
            nint end = (nint)(first + part.Length) & -page;
            if (end > start)
            {
                // Of a file, this drops no byte: the pages are read anew when they are needed.
                _ = NativeMethods.Advise(start, (nuint)(end - start), NativeMethods.NotNeeded);
            }
        }
    }

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }
}
