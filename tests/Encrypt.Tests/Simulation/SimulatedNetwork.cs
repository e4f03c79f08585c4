using System.Net;
using Culvert.Packets;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Simulation;

/// <summary>The network of a simulation: addresses that lead to ends, and links that lose, delay, double and change datagrams.</summary>
/// <param name="scenario">The latency and the seed.</param>
/// <param name="clock">The time.</param>
internal sealed class SimulatedNetwork(Scenario scenario, SimulatedClock clock)
{
    private const int Kept = 64;

    private static readonly DatagramEndpoint _attacker = End.At("203.0.113.66:666");

    private readonly Random _random = new(~scenario.Seed);
    private readonly PriorityQueue<Datagram, (TimeSpan Due, long Order)> _onTheWay = new();
    private readonly Dictionary<DatagramEndpoint, EndName> _owners = [];
    private readonly List<Datagram> _recorded = [];
    private readonly Link[] _links = [new(), new(), new()];
    private long _order;
    private int _addresses;

    /// <summary>When the next datagram arrives; null when none is on its way.</summary>
    public TimeSpan? NextArrival => _onTheWay.TryPeek(out _, out var place) ? place.Due : null;

    /// <summary>The conditions between an end and the others.</summary>
    public Link LinkOf(EndName end) => _links[(int)end];

    /// <summary>Gives an end an address. A site's old one leads nowhere from then on.</summary>
    public DatagramEndpoint Attach(EndName end)
    {
        if (end != EndName.Hub)
        {
            foreach (var old in _owners.Where(owner => owner.Value == end).Select(owner => owner.Key).ToArray())
            {
                _owners.Remove(old);
            }
        }

        var address = _owners.ContainsValue(EndName.Hub) || end != EndName.Hub
            ? DatagramEndpoint.From(new IPEndPoint(IPAddress.Parse($"198.51.100.{1 + (int)end}"), 40_000 + _addresses++))
            : End.At(SimulatedEnd.Hub);
        _owners[address] = end;
        return address;
    }

    /// <summary>Takes a datagram that an end sends.</summary>
    public void Send(SimulatedEnd from, EmittedPacket packet)
    {
        var datagram = new Datagram(packet.Bytes, from.Address, packet.Endpoint.Remote, from.Name, from.File.Key);
        if (_recorded.Count < Kept)
        {
            _recorded.Add(datagram);
        }
        else
        {
            _recorded[_random.Next(Kept)] = datagram;
        }

        // As many random numbers each, whatever comes of them: another loss does not shift the rest.
        var link = LinkOf(from.Name);
        var (late, twice) = (Draws(link.Reorder) ? _random.Next(1, 300) : 0, Draws(link.Duplicate));
        if (packet.Bytes.Length > Math.Min(link.Width, WidthTo(datagram)) && !packet.MayFragment)
        {
            return;
        }

        if (link.CorruptNext)
        {
            link.CorruptNext = false;
            datagram = Corrupt(datagram);
        }

        var delay = TimeSpan.FromMilliseconds(late) + link.DelayNext;
        link.DelayNext = TimeSpan.Zero;
        Deliver(datagram, delay);
        if (twice)
        {
            Deliver(datagram, delay + TimeSpan.FromMilliseconds(_random.Next(0, 300)));
        }
    }

    /// <summary>Sends a recorded datagram again.</summary>
    public void Replay(int number)
    {
        if (_recorded.Count > 0)
        {
            var datagram = _recorded[number / 2 % _recorded.Count];
            Deliver(number % 2 == 1 ? datagram with { Source = _attacker } : datagram, TimeSpan.Zero);
        }
    }

    /// <summary>Takes a datagram that has arrived.</summary>
    /// <returns>False when none has; a null end when the address leads nowhere.</returns>
    public bool TryReceive(out Datagram datagram, out EndName? to)
    {
        to = null;
        if (!_onTheWay.TryPeek(out datagram!, out var place) || place.Due > clock.Now)
        {
            return false;
        }

        _onTheWay.Dequeue();
        to = _owners.TryGetValue(datagram.Destination, out var owner) ? owner : null;
        return true;
    }

    /// <summary>Ends all faults; what is on its way is lost.</summary>
    public void Heal()
    {
        _onTheWay.Clear();
        for (var i = 0; i < _links.Length; i++)
        {
            _links[i] = new Link();
        }
    }

    private int WidthTo(Datagram datagram) => _owners.TryGetValue(datagram.Destination, out var end) ? LinkOf(end).Width : int.MaxValue;

    private void Deliver(Datagram datagram, TimeSpan delay)
    {
        var lost = Draws(LinkOf(datagram.From).Loss);
        lost |= _owners.TryGetValue(datagram.Destination, out var end) && Draws(LinkOf(end).Loss);
        if (!lost)
        {
            _onTheWay.Enqueue(datagram, (clock.Now + TimeSpan.FromMilliseconds(scenario.Latency) + delay, _order++));
        }
    }

    private bool Draws(int percent) => _random.Next(100) < percent;

    private Datagram Corrupt(Datagram datagram)
    {
        var bytes = datagram.Bytes.ToArray();
        bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
        return datagram with { Bytes = bytes, IsGenuine = false };
    }

    /// <summary>The conditions between an end and the others. Percentages are from 0 to 100.</summary>
    internal sealed class Link
    {
        public int Loss { get; set; }

        public int Reorder { get; set; }

        public int Duplicate { get; set; }

        /// <summary>The largest datagram in bytes.</summary>
        public int Width { get; set; } = int.MaxValue;

        public TimeSpan DelayNext { get; set; }

        public bool CorruptNext { get; set; }
    }
}
