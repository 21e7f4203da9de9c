namespace Oml.Sdk.Fingerprints.Kernels;

/// <summary>AES-128, eight blocks at a time so that the rounds of one hide the latency of another: in counter mode with a nonce of zero, or of given blocks.</summary>
internal interface IAesBlocks
{
    /// <summary>Blocks of one call.</summary>
    const int Blocks = 8;

    /// <summary>Bytes of one call.</summary>
    const int Bytes = Blocks * 16;

    /// <summary>Writes the encryption of eight counter blocks; each is eight zero bytes and the block index, big endian.</summary>
    /// <param name="schedule">The round keys.</param>
    /// <param name="block">The index of the first block: a multiple of <see cref="Blocks"/>.</param>
    /// <param name="destination">The first of <see cref="Bytes"/> writable bytes.</param>
    static abstract void Encrypt(ref readonly AesKeySchedule schedule, ulong block, ref byte destination);

    /// <summary>Encrypts eight blocks of any content in place.</summary>
    /// <param name="schedule">The round keys.</param>
    /// <param name="blocks">The first of <see cref="Bytes"/> writable bytes.</param>
    static abstract void EncryptInPlace(ref readonly AesKeySchedule schedule, ref byte blocks);
}
