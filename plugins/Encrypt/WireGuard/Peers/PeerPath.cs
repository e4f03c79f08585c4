using System.Net;
using System.Net.Sockets;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Probing;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// The path to one peer: the largest packet each way, found by <see cref="PathMachine"/>, whose probes it sends and whose answers it takes back.
/// Members for any thread say so; everything else belongs to the service thread.
/// </summary>
internal sealed class PeerPath : IPathActions, IDisposable
{
    private const int MaxTargets = 4;

    private static readonly TimeSpan _minPause = TimeSpan.FromMilliseconds(1);

    private readonly LocalEnd _local;
    private readonly Peer _peer;
    private readonly PathMachine? _machine;
    private readonly PathCounts? _counts;
    private readonly PathMailbox? _mailbox;
    private readonly Action _wake;
    private readonly ulong _cookie;
    private StageTimer? _timer;
    private (IPAddress Source, IPAddress Destination)[] _targets = [];
    private DatagramEndpoint _endpoint;
    private int _size = int.MaxValue;
    private int _inbound = int.MaxValue;
    private int _watching;
    private long _activity;
    private volatile bool _mayFragment;
    private volatile bool _expectsEcho;
    private bool _stopped;

    public PeerPath(LocalEnd local, Peer peer)
    {
        (_local, _peer, _wake) = (local, peer, Run);
        if (local.Host.PathOverhead is { } overhead)
        {
            _machine = new PathMachine(overhead, local.Host.NeedsIpv6 ? PathSizes.Base : PathSizes.MinIpv4, this);
            _machine.Search.SetCeiling(local.Host.Mtu);
            _counts = new PathCounts(local.Host.Lanes);
            _mailbox = new PathMailbox(() => local.Host.TryPost(_wake));
            _cookie = (ulong)local.Host.Random.NextInt64();
        }
    }

    /// <summary>The largest packet to the peer in bytes, at most the plan's. Any thread.</summary>
    public int Mtu => Math.Min(Volatile.Read(ref _size), _local.Host.Mtu);

    /// <summary>The largest packet that the peer sends, as it said itself; else the same as to it. Any thread.</summary>
    public int InboundMtu => Volatile.Read(ref _inbound) is var said && said != int.MaxValue ? Math.Min(said, _local.Host.Mtu) : Mtu;

    /// <summary>Whether datagrams go without Don't Fragment, as the path carries too little. Any thread.</summary>
    public bool MayFragment => _mayFragment;

    /// <summary>Whether replies to echo requests of ours may come. Any thread.</summary>
    public bool ExpectsEcho => _expectsEcho;

    /// <summary>The search; null where the network endpoint does not allow probes.</summary>
    public PathMachine? Machine => _machine;

    /// <inheritdoc/>
    SizeCounts IPathActions.Sent => _counts!.Sent;

    /// <inheritdoc/>
    long IPathActions.Activity => Interlocked.Read(ref _activity);

    /// <inheritdoc/>
    int IPathActions.EchoTargets => _targets.Length;

    private TimeSpan Now => _local.Clock.Span(_local.Clock.Now);

    /// <summary>On an outbound loop, for each packet.</summary>
    public void NoteSent(int lane, int size) => _counts?.NoteSent(lane, size);

    /// <summary>On an inbound loop, for each packet.</summary>
    public void NoteReceived(int lane, int size) => _counts?.NoteReceived(lane, size);

    /// <summary>On an outbound loop, at the end of a run of packets with a full-sized one.</summary>
    public void NoteFullSized()
    {
        Interlocked.Increment(ref _activity);
        if (_machine is not null && Volatile.Read(ref _watching) == 0 && Interlocked.Exchange(ref _watching, 1) == 0 && !_local.Host.TryPost(_wake))
        {
            // The next packet tries again.
            Volatile.Write(ref _watching, 0);
        }
    }

    /// <summary>On an inbound loop: takes a path message, authentic by the session that it came in.</summary>
    /// <returns>False when the content is none.</returns>
    public bool TryTakeMessage(ReadOnlySpan<byte> content, in DatagramEndpoint from)
    {
        if (_mailbox is null || content[0] != 0 || !ProbeMessage.TryRead(content, out var message))
        {
            return false;
        }

        _mailbox.Add(message with { From = from });
        return true;
    }

    /// <summary>On an inbound loop: takes the reply to an echo request of ours.</summary>
    /// <returns>False when the packet is for the host.</returns>
    public bool TryTakeEcho(in IpView packet)
    {
        if (!EchoProbe.TryRead(packet, _cookie, out var id))
        {
            return false;
        }

        // Id and kind are all that counts of it.
        _mailbox!.Add(new ProbeMessage { Id = id });
        return true;
    }

    /// <summary>A keypair can be used.</summary>
    public void HandleSession()
    {
        if (_machine is not null)
        {
            _targets = [.. EchoTargets().Take(MaxTargets)];
            _expectsEcho = _targets.Length > 0 && _machine.Carrier is ProbeCarrier.Unknown or ProbeCarrier.Echo;
            _machine.HandleSession(Now);
            Run();
        }
    }

    /// <summary>The network claims that only so much passes.</summary>
    public void HandleReport(int largest)
    {
        _machine?.HandleReport(Now, largest);
        Run();
    }

    /// <inheritdoc/>
    public void Send(ProbeKind kind, ushort id, int size) => Send(new ProbeMessage { Kind = kind, Id = id, Size = size, OwnSize = Mtu }, size);

    /// <inheritdoc/>
    public void SendEcho(int target, ushort id, int size)
    {
        if (_targets.Length == 0)
        {
            // The address that answered is no longer the peer's: the request is as good as lost.
            return;
        }

        var (source, destination) = _targets[Math.Min(target, _targets.Length - 1)];
        size = Math.Max(size, EchoProbe.MinSize(source.AddressFamily == AddressFamily.InterNetwork));
        if (_local.TryRent(size, out var lease))
        {
            EchoProbe.Write(lease.Data, source, destination, _cookie, id);
            _local.Counters.ProbesSent.Increment();
            _peer.Sender.SendProbe(lease, size);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped = true;
        _timer?.Dispose();
    }

    private void Run()
    {
        if (_stopped || _machine is null)
        {
            return;
        }

        var now = Now;
        _machine.Search.SetCeiling(_local.Host.Mtu);
        foreach (ref readonly var message in _mailbox!.TakeAll().AsSpan())
        {
            Take(now, message);
        }

        if (_peer.Endpoint.Current.Remote is var endpoint && endpoint != _endpoint)
        {
            var moved = !_endpoint.IsNone;
            _endpoint = endpoint;
            if (moved)
            {
                _machine.HandleMove();
            }
        }

        // Without a keypair nothing could be sent: the next session continues.
        if (_peer.Sender.UsableKeypair is null)
        {
            Volatile.Write(ref _watching, 0);
            return;
        }

        if (Volatile.Read(ref _watching) == 1)
        {
            _machine.HandleTraffic(now);
        }

        Schedule(now, _machine.Advance(now));
        Show();
    }

    private void Schedule(TimeSpan now, TimeSpan? next)
    {
        if (!_machine!.IsWatching)
        {
            // The next packet wakes it again.
            Volatile.Write(ref _watching, 0);
        }

        if (next is { } due)
        {
            _timer ??= _local.Host.CreateTimer(_wake);
            _timer.Schedule(due - now > _minPause ? due - now : _minPause);
        }
    }

    private void Take(TimeSpan now, in ProbeMessage message)
    {
        if (message.Kind == 0)
        {
            _machine!.HandleEcho(now, message.Id);
            return;
        }

        // What is about a way shows a Culvert too: the one question whether it is one may have been lost.
        _machine!.HandleMessage(now, message);
        switch (message.Kind)
        {
            case ProbeKind.WayProbe:
                SendWay(new ProbeMessage { Kind = ProbeKind.WayAnswer, Id = message.Id, OwnSize = Mtu }, message.From);
                return;
            case ProbeKind.WayAnswer:
                _peer.Ways.HandleAnswer(message.Id);
                return;
        }

        Volatile.Write(ref _inbound, message.OwnSize is > 0 and var own ? own : int.MaxValue);
        switch (message.Kind)
        {
            case ProbeKind.Probe:
                Send(new ProbeMessage { Kind = ProbeKind.Acknowledgment, Id = message.Id, Size = message.Size, OwnSize = Mtu }, ProbeMessage.HeaderSize);
                break;
            case ProbeKind.CountRequest:
                Send(new ProbeMessage { Kind = ProbeKind.Counts, Id = message.Id, OwnSize = Mtu, Counts = _counts!.Received }, ProbeMessage.CountsSize);
                break;
        }
    }

    private void Send(in ProbeMessage message, int size)
    {
        if (_local.TryRent(size, out var lease))
        {
            message.Write(lease.Data);
            _local.Counters.ProbesSent.Increment();
            _peer.Sender.SendProbe(lease, size);
        }
    }

    /// <summary>Sends a message about a way over that way.</summary>
    public void SendWay(in ProbeMessage message, in DatagramEndpoint way)
    {
        if (_machine is not null && _local.TryRent(ProbeMessage.HeaderSize, out var lease))
        {
            message.Write(lease.Data);
            _local.Counters.ProbesSent.Increment();
            _peer.Sender.SendProbe(lease, ProbeMessage.HeaderSize, way);
        }
    }

    /// <summary>Shows the loops what was found, and logs a change once.</summary>
    private void Show()
    {
        var search = _machine!.Search;
        _mayFragment = search.State == PathState.Fragmented;
        _expectsEcho &= _machine.Carrier is ProbeCarrier.Unknown or ProbeCarrier.Echo;
        var before = Interlocked.Exchange(ref _size, search.Size);
        if (before != search.Size && (before != int.MaxValue || search.Size < _local.Host.Mtu))
        {
            PeerLog.PeerPathChanged(_local.Logger, _peer.Name, PathVerdict.Describe(this), Mtu, InboundMtu, _peer.GivenName, _peer.Key);
        }
    }

    // Its own addresses come first: a prefix of one address is most likely the peer itself, and in a network the first address often answers.
    private IEnumerable<(IPAddress Source, IPAddress Destination)> EchoTargets()
    {
        foreach (var prefix in _peer.AllowedIps.OrderByDescending(prefix => prefix.PrefixLength))
        {
            var family = prefix.BaseAddress.AddressFamily;
            if (_local.Host.Addresses.FirstOrDefault(address => address.AddressFamily == family) is { } source && prefix.PrefixLength > 0)
            {
                yield return (source, IsHost(prefix) ? prefix.BaseAddress : First(prefix));
            }
        }
    }

    private static bool IsHost(IPNetwork prefix) => prefix.PrefixLength == (prefix.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);

    private static IPAddress First(IPNetwork prefix)
    {
        var bytes = prefix.BaseAddress.GetAddressBytes();
        bytes[^1] |= 1;
        return new IPAddress(bytes);
    }
}
