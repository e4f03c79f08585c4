using System.Buffers.Binary;

namespace Tools.Tests.Captures;

/// <summary>Writes capture files byte by byte in any byte order and resolution, apart from the program's own writers.</summary>
internal sealed class CaptureBytes(bool bigEndian)
{
    private readonly MemoryStream _bytes = new();

    public byte[] ToArray() => _bytes.ToArray();

    public static CaptureBytes Pcap(bool bigEndian, bool nanoseconds, int linkType) => new CaptureBytes(bigEndian)
        .U32(nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4).U16(2).U16(4).U32(0).U32(0).U32(65535).U32((uint)linkType);

    public static CaptureBytes PcapNg(bool bigEndian) => new CaptureBytes(bigEndian).Section();

    public CaptureBytes PcapRecord(uint seconds, uint fraction, byte[] data, int? original = null) =>
        U32(seconds).U32(fraction).U32((uint)data.Length).U32((uint)(original ?? data.Length)).Raw(data);

    public CaptureBytes Section() => Block(0x0A0D0D0A, b => b.U32(0x1A2B3C4D).U16(1).U16(0).U32(uint.MaxValue).U32(uint.MaxValue));

    public CaptureBytes Interface(int linkType, byte? resolution = null, long? timeOffset = null, uint snapLength = 0) => Block(1, b =>
    {
        b.U16((ushort)linkType).U16(0).U32(snapLength);
        b.U16(2).U16(3).Raw([(byte)'e', (byte)'t', (byte)'h', 0]);
        if (resolution is { } value)
        {
            b.U16(9).U16(1).Raw([value, 0, 0, 0]);
        }

        if (timeOffset is { } offset)
        {
            b.U16(14).U16(8);
            b = bigEndian ? b.U32((uint)(offset >> 32)).U32((uint)offset) : b.U32((uint)offset).U32((uint)(offset >> 32));
        }

        b.U16(0).U16(0);
    });

    public CaptureBytes Enhanced(uint on, ulong units, byte[] data, int? original = null) => Block(6, b => b.U32(on)
        .U32((uint)(units >> 32)).U32((uint)units).U32((uint)data.Length).U32((uint)(original ?? data.Length)).Raw(data).Pad());

    public CaptureBytes Obsolete(ushort on, ulong units, byte[] data) => Block(2, b => b.U16(on).U16(0)
        .U32((uint)(units >> 32)).U32((uint)units).U32((uint)data.Length).U32((uint)data.Length).Raw(data).Pad());

    public CaptureBytes Simple(byte[] data, int original) => Block(3, b => b.U32((uint)original).Raw(data).Pad());

    public CaptureBytes Block(uint type, Action<CaptureBytes> body)
    {
        var inner = new CaptureBytes(bigEndian);
        body(inner);
        var length = (uint)(inner._bytes.Length + 12);
        return U32(type).U32(length).Raw(inner.ToArray()).U32(length);
    }

    public CaptureBytes Raw(byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public CaptureBytes U32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }

        _bytes.Write(bytes);
        return this;
    }

    public CaptureBytes U16(ushort value) => bigEndian
        ? Raw([(byte)(value >> 8), (byte)value])
        : Raw([(byte)value, (byte)(value >> 8)]);

    private CaptureBytes Pad()
    {
        while (_bytes.Length % 4 != 0)
        {
            _bytes.WriteByte(0);
        }

        return this;
    }
}
