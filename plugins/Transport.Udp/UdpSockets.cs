using System.Net;
using System.Net.Sockets;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>The sockets of all lanes on one address: what changes them changes all or none. Service thread, but for <see cref="Add"/>.</summary>
/// <param name="isChosen">Whether the system chose the port.</param>
internal sealed class UdpSockets(bool isChosen)
{
    private readonly Lock _gate = new();
    private readonly List<IDatagramSocket> _all = [];
    private bool _isChosen = isChosen;

    /// <summary>Adds a lane's socket. While stages are constructed.</summary>
    public void Add(IDatagramSocket socket)
    {
        lock (_gate)
        {
            _all.Add(socket);
        }
    }

    /// <summary>Marks what all send, and binds all to another port of their address.</summary>
    /// <param name="port">0 lets the system choose, and keeps a port that it chose before.</param>
    /// <param name="mark">0 for none.</param>
    /// <exception cref="SocketException">The system refuses; nothing has changed.</exception>
    public void Change(int port, uint mark)
    {
        var sockets = All();
        var before = sockets[0].Mark;
        Mark(sockets, mark);
        try
        {
            Bind(sockets, port);
        }
        catch
        {
            Mark(sockets, before);
            throw;
        }
    }

    private void Bind(IDatagramSocket[] sockets, int port)
    {
        var local = sockets[0].Local;
        if (port == local.Port || (port == 0 && _isChosen))
        {
            return;
        }

        var wanted = new IPEndPoint(local.Address, port);
        List<SocketMove> moves = [];
        try
        {
            foreach (var socket in sockets)
            {
                var move = socket.PrepareMove(wanted, joins: moves.Count > 0);
                moves.Add(move);
                wanted = move.Local;
            }

            moves.ForEach(move => move.Commit());
            _isChosen = port == 0;
        }
        finally
        {
            moves.ForEach(move => move.Dispose());
        }
    }

    private static void Mark(IDatagramSocket[] sockets, uint mark)
    {
        foreach (var socket in sockets)
        {
            socket.SetMark(mark);
        }
    }

    private IDatagramSocket[] All()
    {
        lock (_gate)
        {
            return [.. _all];
        }
    }
}
