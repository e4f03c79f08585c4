using System.Net;
using System.Net.Sockets;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// A configured way to a peer, with the address that its name has now and the place of this host that datagrams leave from. Service thread.
/// </summary>
internal sealed class EndpointRoute : IDisposable
{
    private readonly LocalEnd _local;
    private readonly Peer _peer;
    private readonly Action<EndpointRoute> _found;
    private readonly EndpointSearch? _search;
    private IPEndPoint? _address;
    private bool _isReported;

    /// <param name="local">This end.</param>
    /// <param name="peer">Whose way it is.</param>
    /// <param name="choice">As the file has it.</param>
    /// <param name="found">Told when a look-up has found an address.</param>
    public EndpointRoute(LocalEnd local, Peer peer, EndpointChoice choice, Action<EndpointRoute> found)
    {
        (_local, _peer, Choice, _found) = (local, peer, choice, found);
        _address = choice.To.Address;
        _search = _address is null ? new EndpointSearch(local, peer, choice.To, IsUsable, HandleFound) : null;
    }

    public EndpointChoice Choice { get; }

    /// <summary>Whether the address was written, not found by name.</summary>
    public bool IsLiteral => _search is null;

    /// <summary>The endpoint now; <c>default</c> while the name does not resolve or the device does not exist.</summary>
    public DatagramEndpoint Endpoint
    {
        get
        {
            if (_address is null)
            {
                return default;
            }

            var remote = DatagramEndpoint.From(_address);
            if (!Choice.IsBound)
            {
                return remote;
            }

            uint? device = Choice.BindDevice is { } name ? _local.Host.FindInterface(name) : 0;
            ReportDevice(isMissing: device is null);
            return device is null ? default : remote.WithLocal(Choice.Source?.GetAddressBytes() ?? [], device.Value, isRequired: true);
        }
    }

    /// <summary>Looks the name up, again where it was before; nothing for an address.</summary>
    public void LookUp() => _search?.Begin();

    /// <summary>The peer answers here.</summary>
    public void HandleAnswer() => _search?.Forget();

    public void Dispose() => _search?.Dispose();

    private bool IsUsable(IPAddress address) =>
        (Choice.Source is null || Choice.Source.AddressFamily == address.AddressFamily)
        && (address.AddressFamily == AddressFamily.InterNetwork || !_local.Host.IsIpv4Only)
        && address is not { IsIPv6LinkLocal: true, ScopeId: 0 };

    private void HandleFound(IPEndPoint address)
    {
        if (!address.Equals(_address))
        {
            _address = address;
            TunnelLog.Resolved(_local.Logger, _peer.Name, Choice.To, DatagramEndpoint.From(address));
        }

        _found(this);
    }

    private void ReportDevice(bool isMissing)
    {
        if (isMissing && !_isReported)
        {
            TunnelLog.NoDevice(_local.Logger, _peer.Name, Choice.BindDevice!);
            _peer.Reachability.NoteFailure($"there is no device {Choice.BindDevice}");
        }

        _isReported = isMissing;
    }
}
