namespace Plugins.Tests.Packets;

/// <summary>
/// The Internet checksum as a person would do it: word by word, carry by carry, over a copied message with its field zeroed. It shares
/// nothing with the code under test and is the measure that the fast code is held against.
/// </summary>
internal static class SlowChecksum
{
    /// <summary>The one's complement sum of all 16-bit words; an odd last byte is the high half of a word.</summary>
    public static int Sum(IEnumerable<byte> bytes)
    {
        var sum = 0;
        var high = true;
        foreach (var value in bytes)
        {
            sum += high ? value << 8 : value;
            if (sum > 0xFFFF)
            {
                sum = (sum & 0xFFFF) + 1;
            }

            high = !high;
        }

        return sum;
    }

    /// <summary>What the checksum field of a message must hold.</summary>
    /// <param name="pseudoHeader">Empty where there is none.</param>
    /// <param name="message">Header and payload, with whatever the field holds now.</param>
    /// <param name="field">Where the field lies in the message.</param>
    public static ushort Of(byte[] pseudoHeader, byte[] message, int field)
    {
        var zeroed = (byte[])message.Clone();
        zeroed[field] = zeroed[field + 1] = 0;
        return (ushort)(0xFFFF - Sum([.. pseudoHeader, .. zeroed]));
    }

    /// <summary>The pseudo-header of RFC 9293 section 3.1 and RFC 8200 section 8.1.</summary>
    public static byte[] PseudoHeader(byte[] source, byte[] destination, byte protocol, int length) =>
        source.Length == 4
            ? [.. source, .. destination, 0, protocol, (byte)(length >> 8), (byte)length]
            : [.. source, .. destination, 0, 0, (byte)(length >> 8), (byte)length, 0, 0, 0, protocol];
}
