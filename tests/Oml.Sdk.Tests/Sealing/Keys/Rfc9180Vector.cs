using System.Globalization;
using Oml.Sdk.Tests.Support;

namespace Oml.Sdk.Tests.Sealing.Keys;

/// <summary>The text of RFC 9180 A.3.1 (base mode), which is not part of the project; a test that needs it is skipped without it.</summary>
internal sealed class Rfc9180Vector
{
    private readonly Dictionary<string, byte[]> _setup = [];

    public List<(ulong Sequence, byte[] Plaintext, byte[] Aad, byte[] Nonce, byte[] Ciphertext)> Encryptions { get; } = [];

    public List<(byte[] Context, byte[] Value)> Exports { get; } = [];

    public byte[] this[string name] => _setup[name];

    public static Rfc9180Vector Load()
    {
        Rfc9180Vector vector = new();
        foreach (Dictionary<string, string> block in Blocks(File.ReadAllLines(TestData.Require("hpke", "rfc9180-a3-base.txt"))))
        {
            byte[] Hex(string name) => Convert.FromHexString(block[name]);
            if (block.TryGetValue("sequence number", out string? sequence))
            {
                vector.Encryptions.Add(
                    (ulong.Parse(sequence, CultureInfo.InvariantCulture), Hex("pt"), Hex("aad"), Hex("nonce"), Hex("ct")));
            }
            else if (block.ContainsKey("exporter_context"))
            {
                vector.Exports.Add((Hex("exporter_context"), Hex("exported_value")));
            }
            else if (block.ContainsKey("enc"))
            {
                foreach (string name in block.Keys.Except(["mode", "kem_id", "kdf_id", "aead_id"]))
                {
                    vector._setup.Add(name, Hex(name));
                }
            }
        }

        return vector;
    }

    /// <summary>Paragraphs of "name: value", where a value may go on over several lines.</summary>
    private static IEnumerable<Dictionary<string, string>> Blocks(string[] lines)
    {
        Dictionary<string, string> block = [];
        string? name = null;
        foreach (string line in lines)
        {
            if (line.Length == 0 || line[0] is '~' or '#')
            {
                yield return block;
                block = [];
                name = null;
            }
            else if (line.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0)
            {
                name = line[..colon];
                block[name] = line[(colon + 1)..].Trim();
            }
            else if (name is not null)
            {
                block[name] += line.Trim();
            }
        }

        yield return block;
    }
}
