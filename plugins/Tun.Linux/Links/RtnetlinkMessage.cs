using System.Runtime.InteropServices;
using System.Text;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>
/// A request to the kernel in the making: header, body, attributes (rtnetlink(7)). Numbers are in the machine's byte order, addresses
/// in the network's. For starting and closing, not for the data path.
/// </summary>
internal sealed class RtnetlinkMessage
{
    private readonly byte[] _bytes = new byte[512];
    private int _length;

    private RtnetlinkMessage(ushort type, ushort flags)
    {
        Header.nlmsg_type = type;
        Header.nlmsg_flags = flags;
        _length = Marshal.SizeOf<Netlink.MessageHeader>();
    }

    private ref Netlink.MessageHeader Header => ref MemoryMarshal.AsRef<Netlink.MessageHeader>(_bytes.AsSpan());

    /// <summary>Begins a message.</summary>
    /// <param name="type"><c>RTM_…</c></param>
    /// <param name="flags"><c>NLM_F_…</c></param>
    /// <param name="body">The structure that this type starts with.</param>
    public static RtnetlinkMessage Create<TBody>(ushort type, ushort flags, in TBody body)
        where TBody : unmanaged
    {
        var message = new RtnetlinkMessage(type, flags);
        MemoryMarshal.Write(message.Extend(Marshal.SizeOf<TBody>()), in body);
        return message;
    }

    /// <summary>Adds an attribute that holds bytes.</summary>
    public RtnetlinkMessage Add(ushort attribute, ReadOnlySpan<byte> value)
    {
        var header = new Netlink.AttributeHeader
        {
            nla_type = attribute,
            nla_len = (ushort)(Marshal.SizeOf<Netlink.AttributeHeader>() + value.Length),
        };
        MemoryMarshal.Write(Extend(Marshal.SizeOf<Netlink.AttributeHeader>()), in header);
        value.CopyTo(Extend(value.Length));
        return this;
    }

    /// <summary>Adds an attribute that holds a number of 32 bits.</summary>
    public RtnetlinkMessage Add(ushort attribute, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, in value);
        return Add(attribute, bytes);
    }

    /// <summary>Adds an attribute that holds a text, closed by a zero.</summary>
    public RtnetlinkMessage Add(ushort attribute, string value) => Add(attribute, Encoding.UTF8.GetBytes(value + '\0'));

    /// <summary>Adds an attribute that holds the attributes which <paramref name="fill"/> adds.</summary>
    public RtnetlinkMessage AddNested(ushort attribute, Action<RtnetlinkMessage> fill)
    {
        var start = _length;
        Add((ushort)(attribute | Netlink.NLA_F_NESTED), []);
        fill(this);
        var length = (ushort)(_length - start);
        MemoryMarshal.Write(_bytes.AsSpan(start), in length);
        return this;
    }

    /// <summary>The message, ready to send.</summary>
    /// <param name="sequence">What the answer will carry too.</param>
    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        Header.nlmsg_seq = sequence;
        Header.nlmsg_len = (uint)_length;
        return _bytes.AsSpan(0, _length);
    }

    private Span<byte> Extend(int count)
    {
        var start = _length;
        _length = Align(start + count);
        return _bytes.AsSpan(start, count);
    }

    private static int Align(int length) => (length + Netlink.Alignment - 1) & ~(Netlink.Alignment - 1);
}
