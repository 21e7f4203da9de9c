namespace Oml.Sdk.Sealing.Writing;

/// <summary>A file of a package.</summary>
/// <param name="Path">Its path in the sealed model.</param>
/// <param name="Length">Its length, if it is known before it is read.</param>
/// <param name="Open">Opens it for reading, once.</param>
internal sealed record PackageFile(string Path, long? Length, Func<Stream> Open);
