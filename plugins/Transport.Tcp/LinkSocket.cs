using System.Net.Sockets;
using System.Runtime.Versioning;
using Culvert.Endpoints;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>
/// The socket of one connection, with the beginning of a frame whose rest has not come yet. The receiving thread reads, whoever holds the
/// link's lock writes; Dispose from any thread.
/// </summary>
/// <param name="socket">A connected socket that does not block. Belongs to this object.</param>
/// <param name="link">Whose it is.</param>
/// <param name="token">Names it in the set of its lane.</param>
/// <param name="ready">The set of its lane.</param>
[SupportedOSPlatform("linux")]
internal sealed class LinkSocket(Socket socket, Link link, long token, ReadySet ready) : IDisposable
{
    private byte[] _partial = [];
    private int _partialLength;
    private bool _isWatched;

    public Link Link => link;

    public long Token => token;

    /// <summary>Whether a whole datagram has come. Receiving thread; others may read it.</summary>
    public bool HasSpoken { get; set; }

    /// <summary>Receives behind what an earlier call left over.</summary>
    /// <param name="buffer">Room for more than any frame.</param>
    /// <param name="length">All bytes that lie in the buffer.</param>
    /// <returns>Null, or why the connection is over.</returns>
    public string? Receive(Span<byte> buffer, out int length)
    {
        _partial.AsSpan(0, _partialLength).CopyTo(buffer);
        length = _partialLength;
        try
        {
            var received = socket.Receive(buffer[_partialLength..], SocketFlags.None, out var error);
            if (error is SocketError.WouldBlock or SocketError.Interrupted)
            {
                return null;
            }

            length += received;
            return error != SocketError.Success ? new SocketException((int)error).Message
                : received == 0 ? "the other side closed it"
                : null;
        }
        catch (ObjectDisposedException)
        {
            return "it was closed here";
        }
    }

    /// <summary>Keeps the beginning of a frame for the next <see cref="Receive"/>.</summary>
    /// <param name="rest">Less than a frame.</param>
    public void Keep(ReadOnlySpan<byte> rest)
    {
        if (_partial.Length < rest.Length)
        {
            _partial = new byte[rest.Length * 2];
        }

        rest.CopyTo(_partial);
        _partialLength = rest.Length;
    }

    /// <summary>Sends as much as the system takes.</summary>
    /// <param name="queue">What is sent; it forgets that.</param>
    /// <param name="calls">The number of system calls.</param>
    /// <returns>Null, or why the connection is over.</returns>
    public string? Send(FrameQueue queue, out int calls)
    {
        calls = 0;
        try
        {
            while (queue.Length > 0)
            {
                var next = queue.Next;
                var sent = socket.Send(next, SocketFlags.None, out var error);
                calls++;
                if (error is not (SocketError.Success or SocketError.WouldBlock or SocketError.Interrupted))
                {
                    return new SocketException((int)error).Message;
                }

                queue.Sent(sent);
                if (sent < next.Length)
                {
                    break;
                }
            }

            Watch(queue.Length > 0);
            return null;
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException)
        {
            return "it was closed here";
        }
    }

    /// <summary>Closes the connection.</summary>
    /// <param name="hard">Whether with RST: what strangers opened leaves no TIME_WAIT here.</param>
    public void Close(bool hard)
    {
        try
        {
            if (hard)
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // It is closed already.
        }

        socket.Dispose();
    }

    public void Dispose() => Close(hard: false);

    private void Watch(bool writable)
    {
        if (writable != _isWatched)
        {
            _isWatched = writable;
            ready.Watch(socket.SafeHandle, token, writable);
        }
    }
}
