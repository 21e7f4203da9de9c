namespace Oml.Sdk.Tests.Support;

/// <summary>A small disk in memory that a test can fill, so that the system itself says that it is full.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const long Size = 64 << 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oml-disk-");
    private readonly IDisposable _mount;

    public SmallDisk()
    {
        try
        {
            _mount = Mounts.MountOrSkip(_folder.FullName, "-t", "tmpfs", "-o", $"size={Size},mode=700", "tmpfs");
        }
        catch
        {
            _folder.Delete();
            throw;
        }
    }

    public string Path => _folder.FullName;

    /// <summary>Leaves no more than so many bytes free.</summary>
    public void Fill(long leave)
    {
        DriveInfo drive = new(Path);
        Resize(drive.TotalSize - drive.AvailableFreeSpace + leave);
    }

    /// <summary>Gives the room back.</summary>
    public void MakeRoom() => Resize(Size);

    private void Resize(long size) => Mounts.Remount(Path, $"size={size}");

    public void Dispose()
    {
        _mount.Dispose();
        _folder.Delete(recursive: true);
    }
}
