namespace Culvert.Host.Doctor.Firewalls;

/// <summary>A packet that a firewall is asked about, as far as it is known. Null: unknown, or any.</summary>
/// <param name="Hook"><c>input</c>, <c>forward</c> or <c>output</c>.</param>
/// <param name="Protocol">The transport protocol's name.</param>
/// <param name="Port">The destination port.</param>
/// <param name="From">The device that it came by.</param>
/// <param name="To">The device that it leaves by.</param>
/// <param name="IsNew">Whether conntrack calls it new; otherwise it is established.</param>
internal sealed record Probe(string Hook, string? Protocol, int? Port, string? From, string? To, bool IsNew);
