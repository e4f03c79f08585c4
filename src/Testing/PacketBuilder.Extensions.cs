using System.Buffers.Binary;
using System.Net;
using Culvert.Wire;

namespace Culvert.Testing;

public sealed partial class PacketBuilder
{
    private const int ExtensionUnit = 8;

    // EtherTypes (IEEE 802 numbers at IANA).
    private const ushort Ipv4Type = 0x0800;
    private const ushort Ipv6Type = 0x86DD;
    private const ushort VlanType = 0x8100;
    private const ushort ServiceVlanType = 0x88A8;

    private readonly List<byte> _extensions = [];
    private IpProtocol? _firstExtension;
    private int _nextHeaderByte;
    private readonly List<byte> _frameHeader = [];

    /// <summary>Adds a Hop-by-Hop Options header.</summary>
    /// <param name="options">Padded to the header's unit of 8 bytes.</param>
    public PacketBuilder HopByHop(params byte[] options) => Extension(IpProtocol.HopByHop, options);

    /// <summary>Adds a Destination Options header.</summary>
    /// <param name="options">Padded to the header's unit of 8 bytes.</param>
    public PacketBuilder DestinationOptions(params byte[] options) => Extension(IpProtocol.DestinationOptions, options);

    /// <summary>Adds a Routing header.</summary>
    /// <param name="type">0, 2 or 4 (segment routing), or a type that nobody knows.</param>
    /// <param name="segmentsLeft">How many addresses are still to be visited.</param>
    /// <param name="addresses">The addresses, in the order in which they lie in the header.</param>
    public PacketBuilder Routing(byte type, byte segmentsLeft, params string[] addresses)
    {
        var body = new List<byte> { type, segmentsLeft, 0, 0, 0, 0 };
        foreach (var address in addresses)
        {
            body.AddRange(IPAddress.Parse(address).GetAddressBytes());
        }

        return Extension(IpProtocol.Routing, [.. body]);
    }

    /// <summary>Adds an Authentication Header with an integrity value of 12 bytes.</summary>
    public PacketBuilder AuthenticationHeader()
    {
        // RFC 4302 §2.2: the length counts words of 4 bytes, less 2.
        const int Length = 24;
        return AddExtension(IpProtocol.AuthenticationHeader, new byte[Length], (Length / sizeof(uint)) - 2);
    }

    /// <summary>Adds an IPv6 Fragment header.</summary>
    /// <param name="offset">Bytes, a multiple of 8.</param>
    /// <param name="more">The M flag.</param>
    /// <param name="identification">The datagram's.</param>
    public PacketBuilder FragmentHeader(int offset, bool more, uint identification = 1)
    {
        var header = new byte[ExtensionUnit];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), identification);
        return AddExtension(IpProtocol.Fragment, header, 0);
    }

    /// <summary>Adds an extension header with the length in units of 8 bytes, as RFC 6564 wants every new one.</summary>
    /// <param name="kind">The header's own number.</param>
    /// <param name="body">What follows Next Header and length; padded with zeros to a multiple of 8 bytes.</param>
    public PacketBuilder Extension(IpProtocol kind, params byte[] body)
    {
        const int Start = 2;
        var header = new byte[(Start + body.Length + ExtensionUnit - 1) / ExtensionUnit * ExtensionUnit];
        body.CopyTo(header, Start);
        return AddExtension(kind, header, (header.Length / ExtensionUnit) - 1);
    }

    /// <summary>Puts the packet into an Ethernet frame.</summary>
    /// <param name="vlans">VLAN numbers, the outer one first; with two, the outer one is a service tag (QinQ).</param>
    public PacketBuilder Ethernet(params ushort[] vlans)
    {
        _frameHeader.Clear();
        _frameHeader.AddRange([0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1]);
        for (var i = 0; i < vlans.Length; i++)
        {
            var type = i < vlans.Length - 1 ? ServiceVlanType : VlanType;
            _frameHeader.AddRange([(byte)(type >> 8), (byte)type, (byte)(vlans[i] >> 8), (byte)vlans[i]]);
        }

        return this;
    }

    private PacketBuilder AddExtension(IpProtocol kind, byte[] header, int lengthByte)
    {
        if (_ipv4)
        {
            throw new InvalidOperationException("Extension headers are IPv6's.");
        }

        if (_firstExtension is null)
        {
            _firstExtension = kind;
        }
        else
        {
            _extensions[_nextHeaderByte] = (byte)kind;
        }

        if (kind != IpProtocol.Fragment)
        {
            header[1] = checked((byte)lengthByte);
        }

        _nextHeaderByte = _extensions.Count;
        _extensions.AddRange(header);
        return this;
    }

    private byte[] FrameType()
    {
        var type = _ipv4 ? Ipv4Type : Ipv6Type;
        return _frameHeader.Count == 0 ? [] : [(byte)(type >> 8), (byte)type];
    }
}
