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

    private readonly ulong[] _layers;
    private readonly byte[]? _table;

    private SynthIdKeys(ulong[] layers, byte[]? table)
    {
        _layers = layers;
        _table = table;
        InitialHash = table is null ? HashOf(layers) : 1;
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
        Hash(windows, hashes);
        Fill(hashes.AsSpan(0, windows.Count), bits);
        ArrayPool<ulong>.Shared.Return(hashes);
    }

    public double Variance(SynthIdWindows windows, ReadOnlySpan<double> weights)
    {
        double sum = 0;
        if (_table is null)
        {
            foreach (double weight in weights)
            {
                sum += weight * weight;
            }

            return sum * windows.Count;
        }

        // N-grams and layers share the coins of a table: ‖W‖² for the weight W that each coin has in all. It is added up as the weights grow, as
        // only a tenth of the table is touched.
        Span<ushort> steps = stackalloc ushort[SynthIdOptions.MaxDepth];
        steps = FillSteps(steps);
        double[] coins = ArrayPool<double>.Shared.Rent(SynthIdTable.Size);
        ulong[] hashes = ArrayPool<ulong>.Shared.Rent(windows.Count);
        Hash(windows, hashes);
        Array.Clear(coins, 0, SynthIdTable.Size);
        foreach (ulong hash in hashes.AsSpan(0, windows.Count))
        {
            uint first = FirstIndex(hash);
            for (int layer = 0; layer < weights.Length; layer++)
            {
                ref double coin = ref coins[(ushort)(first + steps[layer])];
                sum += weights[layer] * ((2 * coin) + weights[layer]);
                coin += weights[layer];
            }
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(steps));
        ArrayPool<ulong>.Shared.Return(hashes);
        ArrayPool<double>.Shared.Return(coins);
        return sum;
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
    private void Hash(SynthIdWindows windows, Span<ulong> hashes)
    {
        ulong offset = InitialHash * GValues.Power(windows.Context(0).Length + 1);
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
