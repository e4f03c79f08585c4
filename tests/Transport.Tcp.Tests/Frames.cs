using System.Net.Sockets;

namespace Transport.Tcp.Tests;

/// <summary>The wire format, written a second time: 2 bytes of length, most significant first, then the datagram.</summary>
internal static class Frames
{
    public static byte[] Of(params byte[][] datagrams) =>
        [.. datagrams.SelectMany(one => (byte[])[(byte)(one.Length >> 8), (byte)one.Length, .. one])];

    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Reads one frame; null at the end of the stream.</summary>
    public static byte[]? Read(Socket socket)
    {
        socket.ReceiveTimeout = 20_000;
        var prefix = Exactly(socket, 2);
        return prefix is null ? null : Exactly(socket, (prefix[0] << 8) | prefix[1]);
    }

    /// <summary>Whether the other side has closed or reset the connection, within the limit.</summary>
    public static bool IsClosed(Socket socket)
    {
        socket.ReceiveTimeout = 20_000;
        try
        {
            return socket.Receive(new byte[1]) == 0;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    private static byte[]? Exactly(Socket socket, int length)
    {
        var bytes = new byte[length];
        for (var got = 0; got < length;)
        {
            var more = socket.Receive(bytes, got, length - got, SocketFlags.None);
            if (more == 0)
            {
                return null;
            }

            got += more;
        }

        return bytes;
    }
}
