using System.Net;
using Culvert.Endpoints;
using Culvert.Plugins.Tun.Windows.Interop;
using Microsoft.Extensions.Logging;
using static Culvert.Plugins.Tun.Windows.Interop.Netioapi;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>
/// The adapter's addresses, routes and MTU, through iphlpapi. What it has set it takes back when it is disposed, in reverse order, so
/// that an adapter that outlives it is as it was found. Not thread-safe.
/// </summary>
internal sealed unsafe class AdapterNetwork(ulong luid, string device, ILogger logger) : IDisposable
{
    private readonly Stack<(string What, Func<uint> Undo)> _undo = new();

    /// <summary>Sets an address.</summary>
    /// <exception cref="Stages.StageStartException">The system refuses it.</exception>
    public void Add(InterfaceAddress address)
    {
        var row = default(MIB_UNICASTIPADDRESS_ROW);
        InitializeUnicastIpAddressEntry(&row);
        NetioRows.Fill(ref row, luid, address);
        Require($"the address {address}", CreateUnicastIpAddressEntry(&row), Undo(row));
    }

    /// <summary>Routes a prefix into the adapter.</summary>
    /// <exception cref="Stages.StageStartException">The system refuses it.</exception>
    public void Add(IPNetwork prefix)
    {
        var row = default(MIB_IPFORWARD_ROW2);
        InitializeIpForwardEntry(&row);
        NetioRows.Fill(ref row, luid, prefix);
        Require($"the route {prefix}", CreateIpForwardEntry2(&row), Undo(row));
    }

    /// <summary>Sets the MTU and the metric, of both families where both are switched on.</summary>
    /// <param name="mtu">Bytes; IPv6 is left out below 1280.</param>
    /// <returns>0, or the system's code when a family refused.</returns>
    public uint SetMtu(int mtu)
    {
        var result = (uint)WinError.NO_ERROR;
        foreach (var ipv6 in (ReadOnlySpan<bool>)[false, true])
        {
            if (ipv6 && mtu < MinIpv6Mtu)
            {
                continue;
            }

            var row = default(MIB_IPINTERFACE_ROW);
            var code = Read(ipv6, ref row);
            if (code == WinError.NO_ERROR)
            {
                NetioRows.Change(ref row, mtu);
                code = SetIpInterfaceEntry(&row);
            }

            // A family that is switched off has no entry.
            result = code is WinError.NO_ERROR or WinError.ERROR_NOT_FOUND ? result : code;
        }

        return result;
    }

    /// <summary>The MTU that the system has now, the smaller of both families'; null when it has none.</summary>
    public int? ReadMtu()
    {
        uint? least = null;
        foreach (var ipv6 in (ReadOnlySpan<bool>)[false, true])
        {
            var row = default(MIB_IPINTERFACE_ROW);
            if (Read(ipv6, ref row) == WinError.NO_ERROR)
            {
                least = Math.Min(least ?? uint.MaxValue, row.NlMtu);
            }
        }

        return least is { } mtu ? (int)Math.Min(mtu, Wintun.WINTUN_MAX_IP_PACKET_SIZE) : null;
    }

    public void Dispose()
    {
        while (_undo.TryPop(out var step))
        {
            var code = step.Undo();
            // Gone with its adapter, or taken away by somebody else, is as good as taken back.
            if (code is not WinError.NO_ERROR and not WinError.ERROR_NOT_FOUND and not WinError.ERROR_FILE_NOT_FOUND)
            {
                TunLog.NotUndone(logger, device, step.What, TunStartError.Text((int)code));
            }
        }
    }

    /// <summary>RFC 8200 section 5.</summary>
    private const int MinIpv6Mtu = 1280;

    private uint Read(bool ipv6, ref MIB_IPINTERFACE_ROW row)
    {
        fixed (MIB_IPINTERFACE_ROW* pointer = &row)
        {
            InitializeIpInterfaceEntry(pointer);
            pointer->Family = NetioRows.Family(ipv6);
            pointer->InterfaceLuid = luid;
            return GetIpInterfaceEntry(pointer);
        }
    }

    private static Func<uint> Undo(MIB_UNICASTIPADDRESS_ROW row) => () => Delete(row);

    private static Func<uint> Undo(MIB_IPFORWARD_ROW2 row) => () => Delete(row);

    private static uint Delete(MIB_UNICASTIPADDRESS_ROW row) => DeleteUnicastIpAddressEntry(&row);

    private static uint Delete(MIB_IPFORWARD_ROW2 row) => DeleteIpForwardEntry2(&row);

    private void Require(string what, uint code, Func<uint> undo)
    {
        if (code != WinError.NO_ERROR)
        {
            throw TunStartError.NotConfigured(device, what, code);
        }

        _undo.Push((what, undo));
    }
}
