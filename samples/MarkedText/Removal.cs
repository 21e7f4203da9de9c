namespace MarkedText;

/// <summary>Removes a file at the end.</summary>
internal sealed class Removal(string path) : IDisposable
{
    public void Dispose() => File.Delete(path);
}
