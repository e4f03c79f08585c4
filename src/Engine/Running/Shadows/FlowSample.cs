using System.Buffers.Binary;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Engine.Running.Shadows;

/// <summary>
/// Chooses the packets that a candidate gets: by flow, so that a candidate with state sees whole connections, both directions of them. The same
/// flows on every run. IP packets without ports go by their addresses, datagrams by their endpoint. Immutable.
/// </summary>
/// <param name="share">The share of flows, 0 to 1.</param>
/// <param name="isIp">Whether the packets are IP packets.</param>
internal sealed class FlowSample(double share, bool isIp)
{
    private readonly ulong _below = (ulong)(share * uint.MaxValue);

    /// <summary>Whether it takes every packet.</summary>
    public bool IsAll => share >= 1;

    /// <summary>Whether it takes none.</summary>
    public bool IsNone => share <= 0;

    /// <summary>Whether it takes a packet's flow.</summary>
    public bool Takes(in PacketSlot slot) => IsAll || (!IsNone && Mix(HashOf(slot)) >> 32 < _below);

    // Sums and differences of both ends: either direction gives the same.
    private ulong HashOf(in PacketSlot slot)
    {
        if (!isIp || !IpView.TryParse(slot.Data, out var ip))
        {
            return (uint)slot.Endpoint.Remote.GetHashCode();
        }

        var (source, destination) = (Fold(ip.Source), Fold(ip.Destination));
        var (from, to) = ip.HasEchoIdentifier ? (ip.EchoIdentifier, (ushort)0) : (ip.SourcePort, ip.DestinationPort);
        return (source + destination) ^ ((source ^ destination) << 32) ^ ((ulong)(from + to) << 48) ^ (uint)((from ^ to) << 16) ^ (ulong)ip.Protocol;
    }

    private static ulong Fold(ReadOnlySpan<byte> address) => address.Length == sizeof(uint)
        ? BinaryPrimitives.ReadUInt32LittleEndian(address)
        : BinaryPrimitives.ReadUInt64LittleEndian(address) ^ Mix(BinaryPrimitives.ReadUInt64LittleEndian(address[sizeof(ulong)..]));

    // The finalizer of SplitMix64: every bit of the input changes half of the output's.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
