using System.Text;

namespace Oml.Sdk.Sealing.Chunks;

/// <summary>What the keys of an entry are bound to besides its salt: that it is one, and its path.</summary>
internal static class EntryContext
{
    public static byte[] Of(string path) => [.. "oml sealed model 1\0"u8, .. Encoding.UTF8.GetBytes(path)];
}
