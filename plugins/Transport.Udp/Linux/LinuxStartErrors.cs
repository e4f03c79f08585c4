using System.Net;
using System.Runtime.InteropServices;
using Culvert.Plugins.Transport.Udp.Interop;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>Turns what the kernel says at the start into words and a remedy.</summary>
internal static class LinuxStartErrors
{
    /// <summary>Why binding failed.</summary>
    public static StageStartException CannotBind(IPEndPoint local, int errno) => errno switch
    {
        Errno.EADDRINUSE => StartErrors.PortInUse(local),
        Errno.EADDRNOTAVAIL => StartErrors.AddressNotHere(local),
        Errno.EACCES or Errno.EPERM => StartErrors.NoRights(local),
        Errno.EAFNOSUPPORT => StartErrors.NoFamily(local),
        _ => Failed($"bind to {local}", errno),
    };

    /// <summary>Another call that must work.</summary>
    public static StageStartException Failed(string call, int errno) => errno == Errno.EAFNOSUPPORT
        ? StartErrors.NoIpv6()
        : StartErrors.Other(call, Marshal.GetPInvokeErrorMessage(errno));
}
