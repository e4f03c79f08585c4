using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Culvert.Endpoints;
using Culvert.Packets;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>
/// Reads the connections of one lane and cuts the streams into datagrams. One buffer serves all connections; a connection keeps only the
/// beginning of a frame, so that a stranger costs no memory. <see cref="Receive"/> belongs to the lane's receiving thread;
/// connections are added and removed by any.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class FrameReceiver : IDisposable
{
    // More than two of the largest frames, so that every read has room.
    private const int BufferSize = 128 * 1024;

    private readonly ReadySet _ready = new();
    private readonly ConcurrentDictionary<long, LinkSocket> _sockets = new();
    private readonly ReadyFile[] _files = new ReadyFile[ReadySet.MaxReady];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private readonly TcpCounters _counters;
    private readonly int _largest;
    private long _tokens;
    private int _next;
    private int _count;
    private LinkSocket? _source;
    private int _position;
    private int _end;

    /// <param name="largest">The longest datagram that is accepted, in bytes.</param>
    /// <param name="counters">Where what happens is counted.</param>
    public FrameReceiver(int largest, TcpCounters counters) => (_largest, _counters) = (largest, counters);

    /// <summary>Readable while a connection is ready.</summary>
    public int Descriptor => _ready.Descriptor;

    /// <summary>Takes a connection over.</summary>
    /// <param name="socket">Connected, not blocking.</param>
    /// <param name="link">Whose it is.</param>
    /// <exception cref="IOException">The system refuses to watch it; the socket is closed.</exception>
    public LinkSocket Add(Socket socket, Link link)
    {
        var one = new LinkSocket(socket, link, Interlocked.Increment(ref _tokens), _ready);
        _sockets[one.Token] = one;
        try
        {
            _ready.Add(socket.SafeHandle, one.Token);
            return one;
        }
        catch
        {
            Remove(one);
            one.Dispose();
            throw;
        }
    }

    /// <summary>Forgets a connection, which the caller closes.</summary>
    public void Remove(LinkSocket socket) => _sockets.TryRemove(socket.Token, out _);

    /// <summary>Adds what is there to the filler: each ready connection is read once, so that one with much to send does not keep others waiting.</summary>
    public void Receive(PacketFiller filler)
    {
        var mayLook = true;
        while (_source is null || HandOut(filler))
        {
            if (filler.IsFull)
            {
                return;
            }

            if (_next == _count)
            {
                (_next, _count) = (0, mayLook ? _ready.Look(_files) : 0);
                mayLook = false;
                if (_count == 0)
                {
                    return;
                }
            }

            Serve(_files[_next++]);
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets.Values)
        {
            socket.Dispose();
        }

        _ready.Dispose();
    }

    private void Serve(ReadyFile file)
    {
        if (!_sockets.TryGetValue(file.Token, out var socket))
        {
            return;
        }

        if (file.CanWrite)
        {
            socket.Link.HandleRoom();
        }

        if (file.CanRead)
        {
            _counters.ReceiveCalls.Increment();
            var reason = socket.Receive(_buffer, out _end);
            (_source, _position) = (socket, 0);
            if (reason is not null)
            {
                socket.Link.Close(socket, reason);
            }
        }
    }

    /// <returns>False when the filler is full before the buffer is empty.</returns>
    private bool HandOut(PacketFiller filler)
    {
        const int prefix = FrameQueue.PrefixLength;
        while (_end - _position >= prefix)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_position));
            if (length > _largest)
            {
                _counters.BadLength.Increment();
                _source!.Link.Close(_source, $"it sent a length of {length} bytes, and path-mtu allows {_largest}");
                _position = _end;
                break;
            }

            if (_end - _position - prefix < length)
            {
                break;
            }

            if (filler.IsFull)
            {
                return false;
            }

            Add(filler, _buffer.AsSpan(_position + prefix, length));
            _position += prefix + length;
        }

        _source!.Keep(_buffer.AsSpan(_position, _end - _position));
        _source = null;
        return true;
    }

    private void Add(PacketFiller filler, ReadOnlySpan<byte> datagram)
    {
        _source!.Link.NoteFrame(_source);
        if (datagram.Length > filler.Room.Size)
        {
            filler.Refuse(_counters.Oversized);
            return;
        }

        var packet = filler.Add(datagram.Length);
        datagram.CopyTo(packet.Data);
        packet.Endpoint = _source.Link.Endpoint;
    }
}
