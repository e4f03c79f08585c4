using Culvert.Plugins.Encrypt.Validation;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Encrypt.Tests.Cases;

/// <summary>Private keys where public ones belong.</summary>
public sealed class KeyKindTests
{
    private const int Keys = 512;

    [Fact]
    public void No_public_key_is_taken_for_a_private_one()
    {
        for (var i = 0; i < Keys; i++)
        {
            using var key = X25519Key.Generate();
            Assert.False(KeyKind.IsPrivate(key.PublicKey));
        }
    }

    [Fact]
    public void Most_private_keys_are_recognised()
    {
        var recognised = Enumerable.Range(0, Keys).Count(seed => KeyKind.IsPrivate(Clamped(seed)));

        // 15 of 16 are expected; the seeds are fixed.
        Assert.InRange(recognised, Keys * 14 / 16, Keys);
    }

    [Fact]
    public void The_ends_of_the_field_are_no_trouble()
    {
        byte[] minusOne = [0xEC, .. Enumerable.Repeat((byte)0xFF, 30), 0x7F];
        foreach (var key in new[] { new byte[32], [1, .. new byte[31]], minusOne, [.. Enumerable.Repeat((byte)0xFF, 32)] })
        {
            Assert.False(KeyKind.IsPrivate(key));
        }
    }

    private static byte[] Clamped(int seed)
    {
        var bytes = new byte[32];
        new Random(seed).NextBytes(bytes);
        (bytes[0], bytes[31]) = ((byte)(bytes[0] & 0xF8), (byte)((bytes[31] & 0x7F) | 0x40));
        return bytes;
    }
}
