using Oml.Sdk.Sealing;
namespace Oml.Sdk.Tests.Sealing;

public sealed partial class SealingDefenceTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public async Task Nothing_of_the_content_key_is_left_in_memory(int unlocks, bool collect)
    {
        byte[] mask = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32);
        byte[] masked = new byte[32];
        byte[] file;
        {
            byte[] plain = GC.AllocateArray<byte>(32, pinned: true);
            System.Security.Cryptography.RandomNumberGenerator.Fill(plain);
            using ContentKey key = ContentKey.Import(plain);
            file = await _files.SealAsync(SealedFiles.Package(SealedFiles.Content(100)), key: key);
            for (int i = 0; i < 32; i++)
            {
                masked[i] = (byte)(plain[i] ^ mask[i]);
            }

            Count(masked, mask).Should().BePositive("the search finds what is there, " + s_total + s_log);
            using SealedModel model = _files.Open(file);
            List<UnlockedModel> contents = [];
            for (int i = 0; i < unlocks; i++)
            {
                contents.Add(model.Unlock(key));
                _ = new byte[20_000];
                if (collect && i % 20 == 0)
                {
                    GC.Collect(i % 3, GCCollectionMode.Forced, blocking: true, compacting: true);
                }
            }

            contents.ForEach(c => c.Dispose());
            key.Dispose();
            plain.AsSpan().Clear();
        }

        Count(masked, mask).Should().Be(0);
    }

    private static long s_total;
    private static string s_log = string.Empty;

    private static unsafe int Count(byte[] masked, byte[] mask)
    {
        int found = 0;
        using FileStream memory = new("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        const int size = 1 << 26;
        byte* memoryAt = (byte*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(size, 4096);
        Span<byte> buffer = new(memoryAt, size);
        foreach (string line in File.ReadAllLines("/proc/self/maps"))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!parts[1].StartsWith("rw", StringComparison.Ordinal) || line.EndsWith(']') && !line.EndsWith("[heap]", StringComparison.Ordinal))
            {
                continue;
            }

            string[] range = parts[0].Split('-');
            long start = Convert.ToInt64(range[0], 16), end = Convert.ToInt64(range[1], 16);
            for (long at = start; at < end; at += buffer.Length - 31)
            {
                int length = (int)Math.Min(buffer.Length, end - at);
                int read;
                try
                {
                    read = RandomAccess.Read(memory.SafeFileHandle, buffer[..length], at);
                }
                catch (Exception error)
                {
                    s_log = error.Message + " " + line;
                    continue;
                }

                s_total += read;
                {
                    if ((long)memoryAt < at + read && (long)memoryAt + buffer.Length > at)
                    {
                        continue;
                    }
                }

                byte first = (byte)(masked[0] ^ mask[0]);
                for (int i = 0; i + 32 <= read; i++)
                {
                    int next = buffer.Slice(i, read - i).IndexOf(first);
                    if (next < 0 || i + next + 32 > read)
                    {
                        break;
                    }

                    i += next;
                    int j = 1;
                    while (j < 32 && buffer[i + j] == (byte)(masked[j] ^ mask[j]))
                    {
                        j++;
                    }

                    found += j == 32 ? 1 : 0;
                }
            }
        }

        System.Runtime.InteropServices.NativeMemory.AlignedFree(memoryAt);
        return found;
    }
}
