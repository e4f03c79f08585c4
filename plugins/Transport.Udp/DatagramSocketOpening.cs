using Culvert.Plugins.Transport.Udp.Linux;
using Culvert.Plugins.Transport.Udp.Portable;
using Culvert.Plugins.Transport.Udp.Windows;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>Picks the implementation for this system: the one place that asks which it is.</summary>
internal static class DatagramSocketOpening
{
    public static IDatagramSocket Open(UdpOptions options, IEndpointContext context, UdpCounters counters, InboundGate gate)
    {
        if (OperatingSystem.IsLinux())
        {
            return new LinuxDatagramSocket(options, context, counters, gate);
        }

        if (options.Fwmark.Value != 0)
        {
            throw StartErrors.NoMarks();
        }

        if (options.BindDevice is not null)
        {
            throw StartErrors.NoBindDevice();
        }

        if (context.Lanes > 1)
        {
            throw StartErrors.OneLaneOnly(context.Lanes);
        }

        if (OperatingSystem.IsWindows())
        {
            return WindowsSocketOpening.Open(options, context, counters, gate);
        }

        return PortableSocketOpening.OpenPlain(options, context, counters, gate);
    }
}
