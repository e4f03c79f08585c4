using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>The room around packets that was allocated at the start; a reload that needs more must open anew.</summary>
/// <param name="Outbound">Of batches from the host.</param>
/// <param name="Inbound">Of batches from the network.</param>
/// <param name="Lease">Of leases.</param>
internal sealed record PacketRooms(PacketRoom Outbound, PacketRoom Inbound, PacketRoom Lease);
