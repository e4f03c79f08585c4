using System.Buffers.Binary;
using System.Net;
using Culvert.Wire;

namespace Culvert.Testing.Building;

/// <summary>The IPv6 extension headers of a packet that is built. Each has the number of the next one (RFC 8200 §4).</summary>
internal sealed class ExtensionChain
{
    private const int Unit = 8;

    private readonly List<byte> _bytes = [];
    private IpProtocol? _first;
    private int _nextHeaderAt;

    /// <summary>The number that the IPv6 header has as Next Header.</summary>
    public IpProtocol First(IpProtocol transport) => _first ?? transport;

    /// <summary>Adds a header with the length in units of 8 bytes, as RFC 6564 wants every new one.</summary>
    public void Add(IpProtocol kind, ReadOnlySpan<byte> body)
    {
        const int Start = 2;
        var header = new byte[(Start + body.Length + Unit - 1) / Unit * Unit];
        body.CopyTo(header.AsSpan(Start));
        header[1] = checked((byte)((header.Length / Unit) - 1));
        Append(kind, header);
    }

    /// <summary>Adds a Routing header.</summary>
    public void AddRouting(byte type, byte segmentsLeft, IEnumerable<string> addresses) => Add(
        IpProtocol.Routing,
        [type, segmentsLeft, 0, 0, 0, 0, .. addresses.SelectMany(address => IPAddress.Parse(address).GetAddressBytes())]);

    /// <summary>Adds an Authentication Header with an integrity value of 12 bytes.</summary>
    public void AddAuthentication()
    {
        // RFC 4302 §2.2: the length counts words of 4 bytes, less 2.
        var header = new byte[24];
        header[1] = (24 / sizeof(uint)) - 2;
        Append(IpProtocol.AuthenticationHeader, header);
    }

    /// <summary>Adds a Fragment header, which has no length.</summary>
    public void AddFragment(int offset, bool more, uint identification)
    {
        var header = new byte[Unit];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), identification);
        Append(IpProtocol.Fragment, header);
    }

    /// <summary>Returns the headers, the last of which names the transport.</summary>
    public byte[] Build(IpProtocol transport)
    {
        byte[] bytes = [.. _bytes];
        if (_first is not null)
        {
            bytes[_nextHeaderAt] = (byte)transport;
        }

        return bytes;
    }

    private void Append(IpProtocol kind, byte[] header)
    {
        if (_first is null)
        {
            _first = kind;
        }
        else
        {
            _bytes[_nextHeaderAt] = (byte)kind;
        }

        _nextHeaderAt = _bytes.Count;
        _bytes.AddRange(header);
    }
}
