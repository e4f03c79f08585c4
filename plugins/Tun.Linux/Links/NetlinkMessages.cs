using System.Runtime.InteropServices;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>The messages in what one receive call gave. A message whose length does not fit ends the walk.</summary>
internal ref struct NetlinkMessages(ReadOnlySpan<byte> received)
{
    private static readonly int _headerLength = Marshal.SizeOf<Netlink.MessageHeader>();
    private ReadOnlySpan<byte> _rest = received;

    /// <summary>The present message's header.</summary>
    public Netlink.MessageHeader Header { get; private set; }

    /// <summary>The bytes behind the current message's header.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    public readonly NetlinkMessages Current => this;

    public readonly NetlinkMessages GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < _headerLength)
        {
            return false;
        }

        Header = MemoryMarshal.Read<Netlink.MessageHeader>(_rest);
        if (Header.nlmsg_len < _headerLength || Header.nlmsg_len > _rest.Length)
        {
            return false;
        }

        Payload = _rest[_headerLength..(int)Header.nlmsg_len];
        _rest = _rest[Math.Min(Align((int)Header.nlmsg_len), _rest.Length)..];
        return true;
    }

    private static int Align(int length) => (length + Netlink.Alignment - 1) & ~(Netlink.Alignment - 1);
}
