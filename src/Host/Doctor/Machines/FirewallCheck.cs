using Culvert.Host.Doctor.Firewalls;

namespace Culvert.Host.Doctor.Machines;

/// <summary>A firewall of this machine that drops the tunnel's datagrams, or what comes out of the tunnel.</summary>
internal sealed class FirewallCheck() : MachineCheck("firewall")
{
    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        var rules = ReadRules();
        var protocol = file.IsTcp ? "tcp" : "udp";
        if (file.Listen is { Port: > 0 } listen && WhereDropped(rules, file, protocol, listen.Port) is { } where)
        {
            yield return new Finding(
                $"the firewall drops {(file.IsTcp ? "connections" : "datagrams")} to {protocol.ToUpperInvariant()} port {listen.Port} ({where})",
                $"accept it: nft add rule … {protocol} dport {listen.Port} accept, or iptables -I INPUT -p {protocol} --dport {listen.Port} -j ACCEPT");
        }

        if ((file.Calls || file.Listen is { Port: > 0 }) && rules.WhereDropped(new Probe("output", protocol, null, null, null, file.Calls)) is { } sent)
        {
            yield return new Finding(
                $"the firewall drops the {(file.IsTcp ? "segments" : "datagrams")} that this machine sends ({sent})",
                $"accept {protocol.ToUpperInvariant()} to the peers' endpoints");
        }

        if (file.HasDevice && Machine.Setting("ipv4/ip_forward") == 1 && Machine.OtherDevices(file.Device) is { Count: > 0 } others)
        {
            foreach (var finding in Forwarded(rules, file.Device, others))
            {
                yield return finding;
            }
        }
    }

    private static Ruleset ReadRules()
    {
        // One that is not installed has no rules; one that may not be read does.
        if (!Environment.IsPrivilegedProcess)
        {
            throw new NotCheckedException("only root may read the firewall's rules");
        }

        return new Ruleset(
        [
            .. NftRules.Read(Machine.RunJson("nft", "-j", "list", "ruleset")),
            .. IptablesRules.Read(Machine.Run("iptables-save", "-c"), "iptables"),
            .. IptablesRules.Read(Machine.Run("ip6tables-save", "-c"), "ip6tables"),
        ]);
    }

    private static string? WhereDropped(Ruleset rules, SiteFile file, string protocol, int port)
    {
        // An end that calls gets answers; one that waits, or that has a TCP port open, gets new packets.
        var waits = file.IsTcp || file.Peers.Any(peer => peer.Endpoints.Count == 0) || !file.KnowsPeers;
        return rules.WhereDropped(new Probe("input", protocol, port, null, null, IsNew: false))
            ?? (waits ? rules.WhereDropped(new Probe("input", protocol, port, null, null, IsNew: true)) : null);
    }

    private static IEnumerable<Finding> Forwarded(Ruleset rules, string device, IReadOnlyList<string> others)
    {
        foreach (var (word, probes) in new[]
        {
            ("out of the tunnel", others.Select(other => new Probe("forward", null, null, device, other, IsNew: true))),
            ("into the tunnel", others.Select(other => new Probe("forward", null, null, other, device, IsNew: true))),
        })
        {
            string?[] where = [.. probes.Select(rules.WhereDropped)];
            if (where.All(dropped => dropped is not null))
            {
                yield return new Finding(
                    $"the firewall drops what is forwarded {word} ({where[0]})",
                    $"accept it: iptables -I FORWARD {(word.StartsWith("out", StringComparison.Ordinal) ? "-i" : "-o")} {device} -j ACCEPT, or the same in nft's chain");
            }
        }
    }
}
