namespace Oml.Sdk.Fuzzing;

/// <summary>A decoder of bytes that nobody vouches for.</summary>
public abstract class FuzzTarget
{
    /// <summary>What it is called on the command line, and the folder of its inputs.</summary>
    public abstract string Name { get; }

    /// <summary>Decodes. Returns for what is accepted and for what is refused as documented; anything else is a defect.</summary>
    public abstract void Decode(byte[] input);

    /// <summary>Good inputs, from the real encoders: what mutation starts from.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <summary>How much decoding may allocate: a share of the input, and what messages and objects of any refusal take.</summary>
    public virtual long MaxAllocation(int length) => (64 * 1024) + (32L * length);
}
