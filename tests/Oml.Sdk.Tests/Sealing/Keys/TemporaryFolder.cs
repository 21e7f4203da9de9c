namespace Oml.Sdk.Tests.Sealing.Keys;

internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("oml-keys-").FullName;

    public string[] FileNames => [.. Directory.EnumerateFiles(_path).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public string Path(string name) => System.IO.Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
