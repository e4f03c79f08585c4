namespace Plugins.Tests.Packets;

/// <summary>TCP options as bytes, so that a case reads like the option list that it is about.</summary>
internal static class TcpBytes
{
    public const byte Fin = 0x01, Syn = 0x02, Rst = 0x04, Psh = 0x08, Ack = 0x10;

    public static byte[] Eol => [0];

    public static byte[] Nop => [1];

    public static byte[] SackPermitted => [4, 2];

    public static byte[] Mss(int value) => [2, 4, (byte)(value >> 8), (byte)value];

    public static byte[] WindowScale(byte shift) => [3, 3, shift];

    public static byte[] Timestamps(uint value, uint echo) =>
        [8, 10, (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value,
            (byte)(echo >> 24), (byte)(echo >> 16), (byte)(echo >> 8), (byte)echo];

    public static byte[] FastOpenRequest => [34, 2];

    /// <summary>One option of a kind that nobody knows (RFC 4727's experimental kind 253).</summary>
    public static byte[] Unknown(int length) => [253, (byte)length, .. Enumerable.Range(0, length - 2).Select(i => (byte)(0xA0 + i))];

    /// <summary>Options one after the other, as they are.</summary>
    public static byte[] List(params byte[][] options) => [.. options.SelectMany(option => option)];
}
