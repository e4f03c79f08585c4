namespace Culvert.Tools.Captures;

/// <summary>
/// What a capture's records begin with, as far as Culvert finds IP packets in them. Source: the LINKTYPE registry of tcpdump.org. Some
/// systems wrote their own DLT numbers for raw IP into files; those are read too. Other numbers of a file are values without a name.
/// </summary>
internal enum LinkType
{
    /// <summary>Ethernet, with or without VLAN tags.</summary>
    Ethernet = 1,

    /// <summary>Raw IP as BSD numbers it.</summary>
    RawIpBsd = 12,

    /// <summary>Raw IP as OpenBSD numbers it.</summary>
    RawIpOpenBsd = 14,

    /// <summary>Raw IP, IPv4 or IPv6: what a TUN device carries and what Culvert writes.</summary>
    RawIp = 101,

    /// <summary>Linux "cooked", what <c>tcpdump -i any</c> wrote.</summary>
    LinuxCooked = 113,

    /// <summary>Raw IPv4.</summary>
    Ipv4 = 228,

    /// <summary>Raw IPv6.</summary>
    Ipv6 = 229,

    /// <summary>Linux "cooked" version 2, what <c>tcpdump -i any</c> writes.</summary>
    LinuxCooked2 = 276,
}
