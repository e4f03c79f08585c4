using System.Runtime.Versioning;
using Culvert.Endpoints;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>
/// Tells when a device's state was changed, by whomever. It has a thread of its own, which sleeps until the kernel says something: the
/// data path neither polls for changes nor misses them under load.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinkMonitor : IDisposable
{
    private readonly RtnetlinkSocket _socket = new(Rtnetlink.RTMGRP_LINK);
    private readonly PollWait _wait;
    private readonly Action _changed;
    private readonly Action<Exception> _failed;
    private readonly int _index;
    private readonly Thread _thread;

    /// <summary>Starts to listen in the calling thread's network namespace.</summary>
    /// <param name="index">The device's interface index.</param>
    /// <param name="changed">Called on the monitor's thread: ask how things stand. Also when only something unrelated changed.</param>
    /// <param name="failed">Called once when it cannot listen any more, with the reason; no further call follows.</param>
    public LinkMonitor(int index, Action changed, Action<Exception> failed)
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
            _changed();
        }
    }

    private void Report(NetlinkMessages messages)
    {
        foreach (var message in messages)
        {
            if (message.Header.nlmsg_type == Rtnetlink.RTM_NEWLINK
                && LinkState.TryRead(message.Payload, out var state) && state.Index == _index)
            {
                _changed();
                return;
            }
        }
    }
}
