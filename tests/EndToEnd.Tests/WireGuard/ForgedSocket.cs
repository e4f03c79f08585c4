using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace EndToEnd.Tests.WireGuard;

/// <summary>
/// A UDP socket that sends each datagram from any address of a network that is local to its namespace (<c>ip route add local</c>), at one system call for
/// a burst of datagrams of one size (UDP_SEGMENT).
/// </summary>
internal sealed unsafe partial class ForgedSocket : IDisposable
{
    private const int SolIp = 0;
    private const int SolIpv6 = 41;
    private const int SolUdp = 17;
    private const int IpPktinfo = 8;
    private const int Ipv6Pktinfo = 50;
    private const int Ipv6Freebind = 78;
    private const int UdpSegment = 103;
    private const int ControlHeader = 16;
    private const int Ipv4Info = 12;
    private const int Ipv6Info = 20;

    private readonly Socket _socket;
    private readonly SocketAddress _target;
    private readonly byte[] _control;
    private readonly int _source;

    /// <summary>Opens one.</summary>
    /// <param name="target">Where all goes.</param>
    /// <param name="size">The size of a datagram.</param>
    public ForgedSocket(IPEndPoint target, int size)
    {
        var ipv4 = target.AddressFamily == AddressFamily.InterNetwork;
        _target = target.Serialize();
        _socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(ipv4 ? IPAddress.Any : IPAddress.IPv6Any, 0));
        _socket.SetRawSocketOption(SolUdp, UdpSegment, BitConverter.GetBytes(size));
        if (!ipv4)
        {
            _socket.SetRawSocketOption(SolIpv6, Ipv6Freebind, BitConverter.GetBytes(1));
        }

        var length = ControlHeader + (ipv4 ? Ipv4Info : Ipv6Info);
        _control = new byte[(length + 7) & ~7];
        _source = ControlHeader + (ipv4 ? 4 : 0); // struct in_pktinfo has the interface first.
        BitConverter.TryWriteBytes(_control, (nint)length);
        BitConverter.TryWriteBytes(_control.AsSpan(8), ipv4 ? SolIp : SolIpv6);
        BitConverter.TryWriteBytes(_control.AsSpan(12), ipv4 ? IpPktinfo : Ipv6Pktinfo);
    }

    /// <summary>Sends a burst.</summary>
    /// <param name="source">The source's address.</param>
    /// <param name="burst">Datagrams of the size, one behind the other.</param>
    /// <returns>Whether the system took it.</returns>
    public bool Send(byte[] source, byte[] burst)
    {
        source.CopyTo(_control.AsSpan(_source));
        fixed (byte* data = burst, control = _control, name = _target.Buffer.Span)
        {
            var vector = new Vector { Base = data, Length = (nuint)burst.Length };
            var message = new Message
            {
                Name = name,
                NameLength = (uint)_target.Size,
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = (nuint)_control.Length,
            };
            return sendmsg((int)_socket.Handle, &message, 0) >= 0;
        }
    }

    public void Dispose() => _socket.Dispose();

    [LibraryImport("libc")]
    private static partial nint sendmsg(int fd, Message* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public byte* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
