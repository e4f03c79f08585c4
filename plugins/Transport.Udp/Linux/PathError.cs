using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>One entry of a socket's error queue.</summary>
/// <param name="Errno">The error.</param>
/// <param name="IsLocal">Whether this host refused the datagram; otherwise an ICMP message, which may be forged.</param>
/// <param name="Destination">The datagram's destination.</param>
/// <param name="Mtu">With EMSGSIZE: the largest IP packet in bytes that passes, as it is said; 0 when unknown.</param>
internal readonly record struct PathError(int Errno, bool IsLocal, DatagramEndpoint Destination, int Mtu);
