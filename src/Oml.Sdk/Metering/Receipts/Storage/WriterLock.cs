using Microsoft.Win32.SafeHandles;

namespace Oml.Sdk.Metering.Receipts.Storage;

/// <summary>Keeps all but one writer away from a log. The operating system lets go of it when the process ends, however it ends.</summary>
internal sealed class WriterLock : IDisposable
{
    private readonly SafeFileHandle _handle;

    private WriterLock(SafeFileHandle handle) => _handle = handle;

    /// <exception cref="ReceiptLogException">Somebody else has it.</exception>
    public static WriterLock Take(LogFolder folder)
    {
        // An error of sharing has no type of its own; a lock file that exists and cannot be opened is one that is held.
        try
        {
            return new(File.OpenHandle(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (File.Exists(folder.Lock))
        {
            throw new ReceiptLogException(
                ReceiptLogFault.InUse,
                $"The receipt log '{folder.Path}' is being written already, by another process or another ReceiptLog of this one. A log has " +
                "one writer: close the other one, or give this host a folder of its own.",
                error);
        }
    }

    public void Dispose() => _handle.Dispose();
}
