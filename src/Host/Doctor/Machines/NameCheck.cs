using System.Net;
using System.Net.Sockets;

namespace Culvert.Host.Doctor.Machines;

/// <summary>Names of endpoints that cannot be looked up, or only to addresses of the wrong family.</summary>
internal sealed class NameCheck() : Check("names")
{
    private const int MaxNames = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public override IEnumerable<Finding> Find(Site site)
    {
        var names = (site.File?.Peers ?? []).SelectMany(peer => peer.Endpoints).Where(endpoint => endpoint.Value.Address is null).DistinctBy(endpoint => endpoint.Value.Host).Take(MaxNames);
        foreach (var (endpoint, position) in names)
        {
            var (addresses, problem) = LookUp(endpoint.Host);
            if (problem is not null)
            {
                yield return new Finding(
                    $"the name '{endpoint.Host}' cannot be looked up: {problem}", "correct the name or the machine's DNS, or write the address").At(position);
            }
            else if (!site.File!.IsTcp && site.File.Listen?.AddressFamily == AddressFamily.InterNetwork && addresses.All(address => address.AddressFamily != AddressFamily.InterNetwork))
            {
                yield return new Finding(
                    $"the name '{endpoint.Host}' has only IPv6 addresses, but udp listens on an IPv4 address",
                    $"write listen: \"[::]:{site.File.Listen.Port}\", which serves both families").At(position);
            }
        }
    }

    private static (IPAddress[] Addresses, string? Problem) LookUp(string name)
    {
        try
        {
            var search = Dns.GetHostAddressesAsync(name);
            return search.Wait(Patience) ? (search.Result, null) : ([], $"no answer within {Patience.TotalSeconds:0} s");
        }
        catch (AggregateException error) when (error.InnerException is SocketException refused)
        {
            return ([], refused.Message.TrimEnd('.'));
        }
    }
}
