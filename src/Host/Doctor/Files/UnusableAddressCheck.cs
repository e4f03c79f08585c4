using System.Net.Sockets;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor.Files;

/// <summary>The device has the address of its network, or the broadcast address.</summary>
internal sealed class UnusableAddressCheck() : FileCheck("own-address", DiagnosticCodes.UnusableAddress)
{
    protected override IEnumerable<Finding> Find(SiteFile file)
    {
        foreach (var (address, position) in file.Addresses)
        {
            if (address.Address.AddressFamily != AddressFamily.InterNetwork || address.PrefixLength > 30)
            {
                continue;
            }

            var hosts = uint.MaxValue >> address.PrefixLength;
            var bytes = address.Address.GetAddressBytes();
            var host = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes) & hosts;
            if (host == 0 || host == hosts)
            {
                yield return new Finding(
                    $"{address} is the {(host == 0 ? "address of the network itself" : "network's broadcast address")}, which no host can have",
                    "give the device another address of the network").At(position);
            }
        }
    }
}
