using Culvert.Host.Doctor.Firewalls;

namespace Culvert.Host.Doctor.Machines;

/// <summary>A firewall of this machine that drops the tunnel's datagrams, or what comes out of the tunnel.</summary>
internal sealed class FirewallCheck() : MachineCheck("firewall")
{
    private const string Udp = "udp";

    protected override IEnumerable<Finding> Find(Site site, SiteFile file)
    {
        var rules = ReadRules();
        if (file.Listen is { Port: > 0 } listen)
        {
            foreach (var finding in Port(rules, file, listen.Port))
            {
                yield return finding;
            }
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

    private static IEnumerable<Finding> Port(Ruleset rules, SiteFile file, int port)
    {
        var waits = file.Peers.Any(peer => peer.Endpoints.Count == 0) || !file.KnowsPeers;
        var answer = rules.WhereDropped(new Probe("input", Udp, port, null, null, IsNew: false));
        if ((answer ?? (waits ? rules.WhereDropped(new Probe("input", Udp, port, null, null, IsNew: true)) : null)) is { } where)
        {
            yield return new Finding(
                $"the firewall drops datagrams to UDP port {port} ({where})", $"accept it: nft add rule … udp dport {port} accept, or iptables -I INPUT -p udp --dport {port} -j ACCEPT");
        }

        if (rules.WhereDropped(new Probe("output", Udp, null, null, null, IsNew: true)) is { } sent)
        {
            yield return new Finding($"the firewall drops the datagrams that this machine sends ({sent})", "accept UDP to the peers' endpoints");
        }
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
