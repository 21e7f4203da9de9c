using System.Security.Cryptography;
using System.Text;

namespace Oml.Sdk.Redis;

/// <summary>A script and the name under which a server remembers it.</summary>
internal sealed class LedgerScript
{
    public LedgerScript(string text)
    {
        Text = text.ReplaceLineEndings("\n");
#pragma warning disable CA5350 // Redis names scripts by their SHA-1; nothing rests on it here.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
#pragma warning restore CA5350
    }

    public string Text { get; }

    public byte[] Hash { get; }
}
