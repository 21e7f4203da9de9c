using System.Text;
using Oml.Sdk.Permissions;
using StackExchange.Redis;

namespace Oml.Sdk.Redis.Tests;

public sealed class LedgerKeysTests
{
    private const int Slots = 16384;

    [Fact]
    public void Puts_every_key_of_a_script_into_one_hash_slot()
    {
        LedgerKeys keys = new("oml:", "epoch");
        for (int i = 0; i < 2_000; i++)
        {
            LedgerEntryKey entry = keys.Entry(new PermissionKey($"issuer {i % 7}", PermissionNonce.CreateRandom()));

            Slot(entry.Key).Should().Be(Slot(keys.Epoch(entry.Bucket)));
        }

        Slot(keys.Seen).Should().Be(Slot(keys.Epoch(LedgerKeys.SharedBucket)));
    }

    [Fact]
    public void Computes_slots_as_the_specification_of_clusters_does() => Slot("123456789").Should().Be(0x31C3 % Slots);

    [Fact]
    public void Spreads_permissions_over_the_slots_of_a_cluster()
    {
        LedgerKeys keys = new("oml:", "epoch");

        int[] perThird = new int[3];
        for (int i = 0; i < 6_000; i++)
        {
            perThird[Slot(keys.Entry(new PermissionKey("issuer", PermissionNonce.CreateRandom())).Key) * 3 / Slots]++;
        }

        Enumerable.Range(0, LedgerKeys.Buckets).Select(bucket => Slot(keys.Epoch(bucket))).Should().OnlyHaveUniqueItems();
        perThird.Should().OnlyContain(count => count > 1_000);
    }

    [Fact]
    public void Tells_issuers_nonces_and_prefixes_apart_and_is_the_same_for_ever()
    {
        PermissionNonce nonce = new(Convert.FromHexString("000102030405060708090a0b0c0d0e0f"));
        LedgerKeys keys = new("oml:", "epoch");

        keys.Entry(new PermissionKey("https://publisher.example", nonce)).Key.ToString()
            .Should().Be("oml:{3e}:p:a20e67bc23d34e38079e0930050b5ebf:000102030405060708090a0b0c0d0e0f");
        keys.Entry(new PermissionKey("another", nonce)).Key.Should().NotBe(keys.Entry(new PermissionKey("https://publisher.example", nonce)).Key);
        new LedgerKeys("other:", "epoch").Entry(new PermissionKey("another", nonce)).Key.ToString().Should().StartWith("other:{");
        keys.Epoch(63).ToString().Should().Be("oml:{3f}:epoch");
    }

    // CRC-16/XMODEM over the hash tag, as the cluster specification says.
    private static int Slot(RedisKey key)
    {
        string text = key.ToString();
        int open = text.IndexOf('{', StringComparison.Ordinal);
        int close = open < 0 ? -1 : text.IndexOf('}', open);
        string tag = close > open + 1 ? text[(open + 1)..close] : text;
        ushort crc = 0;
        foreach (byte value in Encoding.UTF8.GetBytes(tag))
        {
            crc ^= (ushort)(value << 8);
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (ushort)((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
            }
        }

        return crc % Slots;
    }
}
