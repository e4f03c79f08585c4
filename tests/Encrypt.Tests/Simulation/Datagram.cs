using Culvert.Packets;

namespace Encrypt.Tests.Simulation;

/// <summary>A datagram on its way, and what the reference model knows of its origin.</summary>
/// <param name="Bytes">The payload.</param>
/// <param name="Source">The source address.</param>
/// <param name="Destination">The destination address.</param>
/// <param name="From">The end that sent it first.</param>
/// <param name="Key">The generation of that end's private key.</param>
/// <param name="IsGenuine">False when a bit was changed.</param>
internal sealed record Datagram(byte[] Bytes, DatagramEndpoint Source, DatagramEndpoint Destination, EndName From, int Key, bool IsGenuine = true);
