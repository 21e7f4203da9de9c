using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Oml.Sdk.Fingerprints.Kernels;

namespace Oml.Sdk.Fingerprints.Text;

/// <summary>The g-values of the published variants: the keys of the layers and what follows from them.</summary>
internal sealed class SynthIdKeys : ISynthIdCoins
{
    private const int KeySize = sizeof(long);

    // What hashes begin with where there is a table.
    private const ulong TableHash = 1;

    private readonly ulong[] _layers;
    private readonly byte[]? _table;

    private SynthIdKeys(ulong[] layers, byte[]? table)
    {
        _layers = layers;
        _table = table;
        InitialHash = table is null ? HashOf(layers) : TableHash;
    }

    /// <summary>What the hash of an n-gram begins with.</summary>
    public ulong InitialHash { get; private set; }

    public ReadOnlySpan<ulong> Layers => _layers;

    /// <summary>Under a licensee's key.</summary>
    public static SynthIdKeys Create(ReadOnlySpan<byte> textKey, SynthIdSettings settings)
    {
        Span<byte> bytes = stackalloc byte[SynthIdOptions.MaxDepth * KeySize];
        try
        {
            bytes = bytes[..(settings.Depth * KeySize)];
            TextKey.Expand(textKey, "oml/text/synthid/v1"u8, bytes);
            ulong[] layers = GC.AllocateUninitializedArray<ulong>(settings.Depth, pinned: true);
            for (int i = 0; i < layers.Length; i++)
            {
                layers[i] = BinaryPrimitives.ReadUInt64BigEndian(bytes[(i * KeySize)..]) & long.MaxValue;
            }

            return new SynthIdKeys(layers, settings.Table);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Under given keys.</summary>
    public static SynthIdKeys Create(ReadOnlySpan<long> keys, SynthIdSettings settings)
    {
        ulong[] layers = GC.AllocateUninitializedArray<ulong>(keys.Length, pinned: true);
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = (ulong)keys[i];
        }

        return new SynthIdKeys(layers, settings.Table);
    }

    /// <summary>Other keys, each further by the same number, and so related as these are.</summary>
    public SynthIdKeys Shift(ulong by)
    {
        ulong[] layers = GC.AllocateUninitializedArray<ulong>(_layers.Length, pinned: true);
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = unchecked(_layers[i] + by);
        }

        return new SynthIdKeys(layers, _table);
    }

    /// <summary>Refuses keys under which layers would be the same.</summary>
    public static void Check(ReadOnlySpan<long> keys, string parameterName)
    {
        if (keys.Length is 0 or > SynthIdOptions.MaxDepth)
        {
            throw new ArgumentException($"There are 1 to {SynthIdOptions.MaxDepth} keys, one for each layer; got {keys.Length}.", parameterName);
        }

        for (int i = 0; i < keys.Length; i++)
        {
            int first = keys.IndexOf(keys[i]);
            if (first < i)
            {
                throw new ArgumentException($"The keys of layers {first} and {i} are the same.", parameterName);
            }
        }
    }

    public void OfCandidates(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<ulong> bits)
    {
        ulong hash = GValues.Add(InitialHash, context);
        for (int i = 0; i < candidates.Length; i++)
        {
            bits[i] = GValues.Add(hash, (ulong)candidates[i]);
        }

        bits = bits[..candidates.Length];
        Fill(bits, bits);
    }

    public void OfWindows(SynthIdWindows windows, Span<ulong> bits)
    {
        ulong[] hashes = ArrayPool<ulong>.Shared.Rent(windows.Count);
        Hash(windows, InitialHash, hashes);
        Fill(hashes.AsSpan(0, windows.Count), bits);
        ArrayPool<ulong>.Shared.Return(hashes);
    }

    /// <summary>For a table: where the first layer of each n-gram would look if its key were 0, and by how much further it looks for other keys.</summary>
    public static ushort[] FirstIndices(SynthIdWindows windows)
    {
        ulong[] hashes = new ulong[windows.Count];
        Hash(windows, TableHash, hashes);
        return [.. hashes.Select(hash => (ushort)FirstIndex(hash))];
    }

    /// <summary>For a table: adds up what each layer is worth.</summary>
    /// <param name="sums">By how much further the layer looks: the g-values of 1 of all n-grams, less those of 0.</param>
    /// <param name="weights">The weight of each layer.</param>
    public double Agreement(int[] sums, double[] weights)
    {
        Span<ushort> steps = stackalloc ushort[SynthIdOptions.MaxDepth];
        steps = FillSteps(steps);
        double agreement = 0;
        for (int layer = 0; layer < steps.Length; layer++)
        {
            agreement += weights[layer] * sums[steps[layer]];
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(steps));
        return agreement;
    }

    /// <summary>The g-values of n-grams: bit l is that of layer l.</summary>
    public void Fill(ReadOnlySpan<ulong> hashes, Span<ulong> bits)
    {
        if (_table is null)
        {
            GValues.Fill(hashes, _layers, bits, KernelDispatch.Widest);
            return;
        }

        LookUp(hashes, bits, ref MemoryMarshal.GetArrayDataReference(_table));
    }

    public void Dispose()
    {
        InitialHash = 0;
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_layers.AsSpan()));
    }

    // A hash is linear in what it begins with.
    private static void Hash(SynthIdWindows windows, ulong initial, Span<ulong> hashes)
    {
        ulong offset = initial * GValues.Power(windows.Context(0).Length + 1);
        for (int i = 0; i < windows.Count; i++)
        {
            hashes[i] = windows.Hashes[i] + offset;
        }
    }

    // Which coin of a table is a g-value: (hash + key)·M + 1 modulo its size is hash·M and key·M + 1, each computed once, modulo 2¹⁶: the size, so
    // no index is beyond the table.
    private static uint FirstIndex(ulong hash) => (ushort)(GValues.Add(hash, 0) - 1);

    private Span<ushort> FillSteps(Span<ushort> steps)
    {
        steps = steps[.._layers.Length];
        for (int layer = 0; layer < steps.Length; layer++)
        {
            steps[layer] = (ushort)GValues.Add(0, _layers[layer]);
        }

        return steps;
    }

    private void LookUp(ReadOnlySpan<ulong> hashes, Span<ulong> bits, ref byte table)
    {
        Span<ushort> steps = stackalloc ushort[SynthIdOptions.MaxDepth];
        steps = FillSteps(steps);
        for (int i = 0; i < hashes.Length; i++)
        {
            uint first = FirstIndex(hashes[i]);
            ulong value = 0;
            for (int layer = steps.Length - 1; layer >= 0; layer--)
            {
                value = (value << 1) | Unsafe.Add(ref table, (ushort)(first + steps[layer]));
            }

            bits[i] = value;
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(steps));
    }

    // SHA-256 of the keys as 64-bit numbers, little endian; the digest is a big-endian number modulo 2⁶³ − 1.
    private static ulong HashOf(ulong[] layers)
    {
        Span<byte> bytes = stackalloc byte[SynthIdOptions.MaxDepth * KeySize];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        bytes = bytes[..(layers.Length * KeySize)];
        for (int i = 0; i < layers.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[(i * KeySize)..], layers[i]);
        }

        SHA256.HashData(bytes, digest);
        CryptographicOperations.ZeroMemory(bytes);
        UInt128 rest = 0;
        foreach (byte value in digest)
        {
            rest = ((rest << 8) | value) % long.MaxValue;
        }

        return (ulong)rest;
    }
}
