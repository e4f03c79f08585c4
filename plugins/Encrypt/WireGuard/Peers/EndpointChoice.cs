using System.Net;
using Culvert.Options;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>One way to a peer.</summary>
/// <param name="To">The peer's host name or address, and port.</param>
/// <param name="Source">The address of this host that datagrams leave from; null for the route's choice.</param>
/// <param name="BindDevice">The device of this host that datagrams leave from; null for the route's choice.</param>
public sealed record EndpointChoice(HostEndpoint To, IPAddress? Source = null, string? BindDevice = null)
{
    /// <summary>Whether datagrams must leave from one place of this host.</summary>
    internal bool IsBound => Source is not null || BindDevice is not null;

    /// <summary>As in the file.</summary>
    public override string ToString() =>
        $"{To}{(Source is null ? "" : $" from {Source}")}{(BindDevice is null ? "" : $" by {BindDevice}")}";
}
