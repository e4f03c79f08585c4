using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Culvert.Endpoints;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>
/// Sets up one device over netlink and remembers what it changed, to undo it when it is disposed: a device that the stage made goes
/// with its last queue and takes everything along, but one that a site had made before is given back as it was found.
/// </summary>
internal sealed class LinkSetup : IDisposable
{
    private readonly RtnetlinkSocket _socket;
    private readonly List<(object? Item, RtnetlinkMessage Undo)> _undo = [];
    private readonly string _name;
    private readonly int _index;
    private readonly Lock _gate = new();

    private LinkSetup(RtnetlinkSocket socket, LinkState found) =>
        (_socket, _name, _index, Found) = (socket, found.Name, found.Index, found);

    /// <summary>The device as it was found.</summary>
    public LinkState Found { get; }

    /// <summary>Takes a device in hand.</summary>
    /// <param name="name">Its name in the calling thread's network namespace.</param>
    /// <exception cref="NetlinkException">There is no such device, or no netlink.</exception>
    public static LinkSetup Open(string name)
    {
        var socket = new RtnetlinkSocket();
        try
        {
            return new LinkSetup(socket, Find(socket, name) ?? throw new NetlinkException(Errno.ENODEV, name));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The state of the device of a name, or null when there is none.</summary>
    public static LinkState? Find(RtnetlinkSocket socket, string name)
    {
        LinkState? found = null;
        try
        {
            socket.Exchange(LinkRequests.Find(name), (_, payload) =>
            {
                if (LinkState.TryRead(payload, out var state))
                {
                    found = state;
                }
            });
        }
        catch (NetlinkException error) when (error.Errno is Errno.ENODEV)
        {
            return null;
        }

        return found;
    }

    /// <summary>The device's state now; null when it is gone. Thread-safe.</summary>
    public LinkState? Query()
    {
        lock (_gate)
        {
            LinkState? state = null;
            try
            {
                _socket.Exchange(LinkRequests.Find(_index), (_, payload) =>
                {
                    if (LinkState.TryRead(payload, out var found))
                    {
                        state = found;
                    }
                });
            }
            catch (NetlinkException error) when (error.Errno is Errno.ENODEV)
            {
                // The data path meets that by itself.
            }

            return state;
        }
    }

    /// <summary>Sets the MTU. Thread-safe.</summary>
    /// <param name="mtu">In bytes.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void SetMtu(int mtu)
    {
        lock (_gate)
        {
            _socket.Request(LinkRequests.SetMtu(_index, mtu));
        }
    }

    /// <summary>Sets the MTU for as long as this object lives.</summary>
    public void SetMtuForNow(int mtu)
    {
        if (mtu != Found.Mtu)
        {
            SetMtu(mtu);
            _undo.Add((null, LinkRequests.SetMtu(_index, Found.Mtu)));
        }
    }

    /// <summary>Keeps the kernel from adding a link-local address; does nothing where the kernel has no IPv6.</summary>
    public void SetNoLinkLocal()
    {
        try
        {
            _socket.Request(LinkRequests.SetNoLinkLocal(_index));
        }
        catch (NetlinkException error) when (error.Errno is Errno.EAFNOSUPPORT or Errno.EOPNOTSUPP or Errno.EINVAL or Errno.ENODEV)
        {
            // IPv6 is not built in or switched off for the device: then there is no such address to prevent.
        }
    }

    /// <summary>Sets how many packets wait for the device's reader.</summary>
    public void SetQueueLength(int packets) => _socket.Request(LinkRequests.SetQueueLength(_index, packets));

    /// <summary>Brings the device up.</summary>
    public void SetUp()
    {
        if (!Found.IsUp)
        {
            _socket.Request(LinkRequests.SetUp(_index));
            _undo.Add((null, LinkRequests.SetDown(_index)));
        }
    }

    /// <summary>Adds an address. One that the device had already stays, and stays afterwards.</summary>
    /// <exception cref="StageStartException">It is another device's, or the kernel refused it.</exception>
    public void AddAddress(InterfaceAddress address)
    {
        // Asked before, not tried: what is there already needs no rights then.
        if (OwnerOf(address.Address) is { } owner)
        {
            if (owner != _index)
            {
                throw TunStartError.AddressTaken(address, NameOf(owner));
            }

            return;
        }

        try
        {
            Do(address, LinkRequests.AddAddress(_index, address.Address, address.PrefixLength),
                LinkRequests.RemoveAddress(_index, address.Address, address.PrefixLength));
        }
        catch (NetlinkException error)
        {
            throw TunStartError.AddressRefused(address, _name, error);
        }
    }

    /// <summary>Routes a prefix into the device. A route that leads there already stays, and stays afterwards.</summary>
    /// <exception cref="StageStartException">It leads elsewhere already, or the kernel refused it.</exception>
    public void AddRoute(DeviceRoute route)
    {
        var owner = RouteOwner(route);
        if (owner == _index)
        {
            return;
        }

        try
        {
            Do(route, LinkRequests.AddRoute(_index, route), LinkRequests.RemoveRoute(_index, route));
        }
        catch (NetlinkException error) when (error.Errno == Errno.EEXIST)
        {
            throw TunStartError.RouteTaken(route, owner is null ? null : NameOf(owner.Value));
        }
        catch (NetlinkException error)
        {
            throw TunStartError.RouteRefused(route.Prefix, _name, error);
        }
    }

    /// <summary>Sets the policy rules of a default route that is in the mark's table. They are this object's own, whoever has the same.</summary>
    /// <exception cref="StageStartException">The kernel refused one.</exception>
    public void AddRules(DefaultRouteRules rules)
    {
        lock (_gate)
        {
            if (_undo.Exists(entry => rules.Equals(entry.Item)))
            {
                return;
            }
        }

        try
        {
            PolicyRules.RemoveLeftovers(_socket, rules);
            var priority = PolicyRules.FindPriority(_socket, rules.Family);
            Do(rules, RuleRequests.AddMainWithoutDefault(rules.Family, priority - 1), RuleRequests.RemoveMainWithoutDefault(rules.Family, priority - 1));
            Do(rules, RuleRequests.AddNotMark(rules, priority), RuleRequests.RemoveNotMark(rules, priority));
        }
        catch (NetlinkException error)
        {
            Remove(rules);
            throw TunStartError.RulesRefused(rules, error);
        }
    }

    /// <summary>The addresses, routes and rules that this object set, in that order. Thread-safe.</summary>
    public IReadOnlyList<object> Set
    {
        get { lock (_gate) { return [.. _undo.Select(entry => entry.Item).OfType<object>()]; } }
    }

    /// <summary>What the device has now. Thread-safe.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public LinkContents Contents()
    {
        lock (_gate)
        {
            return LinkContents.Read(_socket, _index);
        }
    }

    /// <summary>Whether the device has an IPv6 address, whoever set it. Thread-safe.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public bool HasIpv6
    {
        // Not all contents: the kernel lists the routes of all devices, and there may be a million.
        get { lock (_gate) { return LinkContents.ReadAddresses(_socket, _index, AddressFamily.InterNetworkV6).Any(); } }
    }

    /// <summary>The interface that the system sends a datagram by; null where it does not say. Thread-safe.</summary>
    /// <exception cref="NetlinkException">No route leads there.</exception>
    public int? RouteOf(RtnetlinkMessage query)
    {
        lock (_gate)
        {
            int? device = null;
            _socket.Exchange(query, (_, payload) => device = RouteQuery.ReadDevice(payload));
            return device;
        }
    }

    /// <summary>Sets addresses and routes again that this object had set and the kernel removed. Thread-safe.</summary>
    /// <returns>Those that are there again.</returns>
    public IReadOnlyList<object> SetAgain(IEnumerable<object> items, bool noLinkLocal)
    {
        lock (_gate)
        {
            if (noLinkLocal)
            {
                // The kernel forgets it with IPv6, and has added its own address when it took IPv6 up again.
                SetNoLinkLocal();
                foreach (var own in LinkContents.Read(_socket, _index).Addresses.Where(address => address.Address.IsIPv6LinkLocal && !Set.Contains(address)))
                {
                    TryRequest(LinkRequests.RemoveAddress(_index, own.Address, own.PrefixLength));
                }
            }

            return [.. items.Where(item => TryRequest(item switch
            {
                InterfaceAddress address => LinkRequests.AddAddress(_index, address.Address, address.PrefixLength),
                DeviceRoute route => LinkRequests.AddRoute(_index, route),
                _ => throw new ArgumentException($"{item} is neither an address nor a route.", nameof(items)),
            }))];
        }
    }

    /// <summary>Removes an address, a route or the rules that this object set. Thread-safe.</summary>
    public void Remove(object item)
    {
        lock (_gate)
        {
            for (var place = _undo.FindLastIndex(entry => item.Equals(entry.Item)); place >= 0;
                place = _undo.FindLastIndex(entry => item.Equals(entry.Item)))
            {
                TryRequest(_undo[place].Undo);
                _undo.RemoveAt(place);
            }
        }
    }

    /// <summary>Undoes what was done, last first. What is gone already, with the device or by somebody's hand, is passed over.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var (_, message) in Enumerable.Reverse(_undo))
            {
                TryRequest(message);
            }

            _undo.Clear();
            _socket.Dispose();
        }
    }

    private void Do(object item, RtnetlinkMessage request, RtnetlinkMessage undo)
    {
        lock (_gate)
        {
            _socket.Request(request);
            _undo.Add((item, undo));
        }
    }

    private bool TryRequest(RtnetlinkMessage message)
    {
        try
        {
            _socket.Request(message);
            return true;
        }
        catch (NetlinkException)
        {
            // When it is undone: gone already. There is nobody left to tell and nothing left to do about it.
            return false;
        }
    }

    private int? OwnerOf(IPAddress address)
    {
        var wanted = address.GetAddressBytes();
        var owners = _socket.List<int>(LinkRequests.ListAddresses(address.AddressFamily), (payload, out owner) =>
        {
            owner = 0;
            if (!MemoryMarshal.TryRead<IfAddr.AddressBody>(payload, out var body))
            {
                return false;
            }

            // IPv4 keeps its own address in LOCAL (ADDRESS is the far end of a point-to-point device); IPv6 has ADDRESS alone.
            var attributes = payload[Marshal.SizeOf<IfAddr.AddressBody>()..];
            var local = NetlinkAttributes.Find(attributes, IfAddr.IFA_LOCAL);
            var held = local.IsEmpty ? NetlinkAttributes.Find(attributes, IfAddr.IFA_ADDRESS) : local;
            owner = (int)body.ifa_index;
            return held.SequenceEqual(wanted) && !(address.IsIPv6LinkLocal && owner != _index);
        });
        return owners.Count == 0 ? null : owners[^1];
    }

    private int? RouteOwner(DeviceRoute route)
    {
        var prefix = route.Prefix;
        var wanted = prefix.BaseAddress.GetAddressBytes();
        var owners = _socket.List<int?>(LinkRequests.ListRoutes(prefix.BaseAddress.AddressFamily), (payload, out owner) =>
        {
            owner = null;
            if (!MemoryMarshal.TryRead<Rtnetlink.RouteBody>(payload, out var body)
                || body.rtm_dst_len != prefix.PrefixLength)
            {
                return false;
            }

            var attributes = payload[Marshal.SizeOf<Rtnetlink.RouteBody>()..];
            if ((NetlinkAttributes.FindNumber(attributes, Rtnetlink.RTA_TABLE) ?? body.rtm_table) != route.Table)
            {
                return false;
            }

            var destination = NetlinkAttributes.Find(attributes, Rtnetlink.RTA_DST);
            owner = (int?)NetlinkAttributes.FindNumber(attributes, Rtnetlink.RTA_OIF);
            return destination.SequenceEqual(wanted) || (destination.IsEmpty && prefix.PrefixLength == 0);
        });
        return owners.Contains(_index) ? _index : owners.LastOrDefault();
    }

    private string NameOf(int index)
    {
        var name = $"interface {index}";
        _socket.Exchange(LinkRequests.Find(index), (_, payload) =>
        {
            if (LinkState.TryRead(payload, out var state))
            {
                name = state.Name;
            }
        });
        return name;
    }
}
