using System.Net;
using Culvert.Options;

namespace Culvert.Plugins.Encrypt.Validation;

/// <summary>Allowed-ips: each prefix leads to one peer, and each peer has one.</summary>
internal static class PrefixValidation
{
    /// <summary>Checks the peers' prefixes.</summary>
    public static void Check(IReadOnlyList<PeerOptions> peers, OptionsReport report)
    {
        var owners = new Dictionary<IPNetwork, int>();
        for (var peer = 0; peer < peers.Count; peer++)
        {
            var prefixes = peers[peer].AllowedIps;
            for (var i = 0; i < prefixes.Count; i++)
            {
                if (owners.TryAdd(prefixes[i], peer))
                {
                    continue;
                }

                if (owners[prefixes[i]] == peer)
                {
                    report.Warning($"peers[{peer}].allowed-ips[{i}]", $"{prefixes[i]} is listed twice", "remove one of them");
                }
                else
                {
                    report.Error(
                        $"peers[{peer}].allowed-ips[{i}]", $"peers[{owners[prefixes[i]]}] has {prefixes[i]} already, and packets can go to only one of them",
                        "keep it with one peer, or make it longer");
                }
            }

            if (prefixes.Count == 0)
            {
                report.Warning(
                    $"peers[{peer}].allowed-ips", "empty, so nothing can be sent to or received from this peer", "list the prefixes behind the peer");
            }
        }
    }
}
