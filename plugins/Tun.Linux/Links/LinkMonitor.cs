using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Endpoints;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>
/// Tells when a device or its addresses were changed, by whomever. It has a thread of its own, which sleeps until the kernel says something: the
/// data path neither polls for changes nor misses them under load.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinkMonitor : IDisposable
{
    private readonly RtnetlinkSocket _socket = new(Rtnetlink.RTMGRP_LINK | Rtnetlink.RTMGRP_IPV4_IFADDR | Rtnetlink.RTMGRP_IPV6_IFADDR);
    private readonly PollWait _wait;
    private readonly Action<bool> _changed;
    private readonly Action<Exception> _failed;
    private readonly int _index;
    private readonly Thread _thread;

    /// <summary>Starts to listen in the calling thread's network namespace.</summary>
    /// <param name="index">The device's interface index.</param>
    /// <param name="changed">
    /// Called on the monitor's thread: ask how things stand. Also when only something unrelated changed. True when the kernel may have removed
    /// addresses and routes by itself: the device was down, left the namespace, or had an MTU too small for IPv6, however briefly.
    /// </param>
    /// <param name="failed">Called once when it cannot listen any more, with the reason; no further call follows.</param>
    public LinkMonitor(int index, Action<bool> changed, Action<Exception> failed)
    {
        (_index, _changed, _failed) = (index, changed, failed);
        _wait = new PollWait(_socket.Descriptor.Number);
        _thread = new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "tun-monitor" };
        _thread.Start();
    }

    /// <summary>Stops listening; after it no call comes any more.</summary>
    public void Dispose()
    {
        _wait.Wake();
        _thread.Join();
        _socket.Dispose();
        _wait.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_wait.Wait().Woken)
            {
                Hear();
            }
        }
        catch (IOException error)
        {
            _failed(error);
        }
    }

    private void Hear()
    {
        try
        {
            Report(_socket.Receive());
        }
        catch (NetlinkException error) when (error.Errno == Errno.ENOBUFS)
        {
            // So many messages at once that some were lost, perhaps ours.
            _changed(true);
        }
    }

    private void Report(NetlinkMessages messages)
    {
        var concerned = false;
        var mayHaveLost = false;
        foreach (var message in messages)
        {
            switch (message.Header.nlmsg_type)
            {
                case Rtnetlink.RTM_NEWLINK or Rtnetlink.RTM_DELLINK
                    when LinkState.TryRead(message.Payload, out var state) && state.Index == _index:
                    concerned = true;
                    mayHaveLost |= message.Header.nlmsg_type == Rtnetlink.RTM_DELLINK || !state.CanHoldIpv6;
                    break;
                case Rtnetlink.RTM_NEWADDR or Rtnetlink.RTM_DELADDR
                    when MemoryMarshal.TryRead<IfAddr.AddressBody>(message.Payload, out var body) && body.ifa_index == _index:
                    concerned = true;
                    break;
            }
        }

        if (concerned)
        {
            _changed(mayHaveLost);
        }
    }
}
