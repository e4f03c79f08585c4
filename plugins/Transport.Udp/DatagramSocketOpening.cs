using Culvert.Plugins.Transport.Udp.Linux;
using Culvert.Plugins.Transport.Udp.Portable;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>Picks the implementation for this system: the one place that asks which it is.</summary>
internal static class DatagramSocketOpening
{
    public static IDatagramSocket Open(UdpOptions options, IStageContext context, UdpCounters counters, InboundGate gate)
    {
        if (OperatingSystem.IsLinux())
        {
            return new LinuxDatagramSocket(options, context, counters, gate);
        }

        return new PortableDatagramSocket(options, context, counters, gate);
    }
}
