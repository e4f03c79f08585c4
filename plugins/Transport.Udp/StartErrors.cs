using System.Net;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>The texts of what keeps the socket from opening, each with its remedy; the same on every system.</summary>
internal static class StartErrors
{
    public static StageStartException PortInUse(IPEndPoint local) => new(
        $"UDP {local} is in use by another socket.",
        $"give 'listen' another port, or stop the program that has it ('ss -ulpn sport = :{local.Port}' names it on Linux)");

    public static StageStartException AddressNotHere(IPEndPoint local) => new(
        $"UDP {local}: this machine does not have the address {local.Address}.",
        "give 'listen' an address of this machine, or 0.0.0.0 or [::] for all of them");

    public static StageStartException NoRights(IPEndPoint local) => new(
        $"UDP {local}: no right to bind this port.",
        "give 'listen' a port of 1024 or higher, or run with the right to bind lower ones (CAP_NET_BIND_SERVICE on Linux)");

    public static StageStartException NoFamily(IPEndPoint local) => new(
        $"UDP {local}: this system has no such address family.",
        "give 'listen' an address of a family that is switched on");

    public static StageStartException NoIpv6() => new(
        "This system has no IPv6.", "give 'listen' an IPv4 address such as 0.0.0.0:51820, or switch IPv6 on");

    public static StageStartException OneLaneOnly(int lanes) => new(
        $"This system cannot share one UDP port between {lanes} lanes.", "write lanes: 1");

    public static StageStartException NoMarks() => new(
        "This system has no firewall marks.", "remove 'fwmark', which is for Linux");

    public static StageStartException NoBindDevice() => new(
        "This system cannot bind a socket to a device.", "remove 'bind-device', which is for Linux, and write the device's address as 'listen'");

    public static StageStartException DeviceRefused(string device, string message) => new(
        $"The socket cannot be bound to the device '{device}': {message}.", "write the name of a device that exists, as 'ip link' prints it");

    public static StageStartException MarkRefused(uint mark, string message) => new(
        $"The socket cannot get the fwmark {mark}: {message}.", "run as root, give the process CAP_NET_ADMIN, or remove 'fwmark'");

    public static StageStartException Other(string call, string message) => new(
        $"The UDP socket cannot be opened: {call}: {message}.", "look at the system's limits and its log");
}
