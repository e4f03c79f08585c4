using System.Runtime.InteropServices;
using Culvert.Plugins.Tun.Windows.Interop;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>The result of sending a packet to the host.</summary>
internal enum SendResult
{
    /// <summary>It lies in the ring.</summary>
    Sent,

    /// <summary>The ring is full (111); later ones may fit.</summary>
    RingFull,

    /// <summary>The adapter goes away (38).</summary>
    Closing,

    /// <summary>The driver takes no packet of that length.</summary>
    Refused,
}

/// <summary>
/// The rings of an adapter. Packets cross by a copy, because they lie in the driver's memory. Receiving belongs to one thread; sending
/// and <see cref="Wake"/> are thread-safe.
/// </summary>
internal sealed unsafe class WintunSession : IDisposable
{
    private readonly string _device;
    private readonly nint _session;
    private readonly nint _readable;
    private readonly nint _woken;
    private int _wakePending;

    /// <summary>Starts a session.</summary>
    /// <param name="adapter">The adapter; it outlives the session.</param>
    /// <param name="device">Its name, for messages.</param>
    /// <param name="capacity">Each ring's size in bytes, a power of two from 128 KiB to 64 MiB.</param>
    /// <exception cref="StageStartException">The adapter is in use, or does not start.</exception>
    public WintunSession(WintunAdapter adapter, string device, int capacity)
    {
        _device = device;
        _session = Wintun.WintunStartSession(adapter.Handle, (uint)capacity);
        if (_session == 0)
        {
            throw TunStartError.NoSession(device, Marshal.GetLastPInvokeError());
        }

        _readable = Wintun.WintunGetReadWaitEvent(_session);
        _woken = Synchapi.CreateEventW(null, manualReset: 0, initialState: 0, null);
        if (_woken == 0)
        {
            var code = Marshal.GetLastPInvokeError();
            Wintun.WintunEndSession(_session);
            throw TunStartError.NoSession(device, code);
        }
    }

    /// <summary>Looks at the next packet from the host, without waiting.</summary>
    /// <param name="packet">The packet in the ring; give it back with <see cref="Release"/>.</param>
    /// <returns>False when there is none now.</returns>
    /// <exception cref="EndpointLostException">The adapter goes away (38), or the ring is corrupt (13).</exception>
    public bool TryReceive(out Span<byte> packet)
    {
        var start = Wintun.WintunReceivePacket(_session, out var size);
        if (start != null)
        {
            packet = new Span<byte>(start, (int)size);
            return true;
        }

        packet = default;
        var code = Marshal.GetLastPInvokeError();
        return code switch
        {
            WinError.ERROR_NO_MORE_ITEMS => false,
            WinError.ERROR_HANDLE_EOF => throw new EndpointLostException($"The adapter '{_device}' was removed"),
            WinError.ERROR_INVALID_DATA => throw new EndpointLostException($"The ring of the adapter '{_device}' is corrupt"),
            _ => throw new EndpointLostException($"The adapter '{_device}' gives no packets: {TunStartError.Text(code)} ({code})"),
        };
    }

    /// <summary>Returns a packet's memory to the driver.</summary>
    public void Release(Span<byte> packet)
    {
        // The span lies in the ring, which the garbage collector does not move.
        fixed (byte* start = packet)
        {
            Wintun.WintunReleaseReceivePacket(_session, start);
        }
    }

    /// <summary>Sends a packet to the host.</summary>
    public SendResult Send(ReadOnlySpan<byte> packet)
    {
        // The driver does not check the size (wintun.h): a packet that is too large would write over the ring.
        if (packet.Length is 0 or > Wintun.WINTUN_MAX_IP_PACKET_SIZE)
        {
            return SendResult.Refused;
        }

        var start = Wintun.WintunAllocateSendPacket(_session, (uint)packet.Length);
        if (start == null)
        {
            return Marshal.GetLastPInvokeError() switch
            {
                WinError.ERROR_BUFFER_OVERFLOW => SendResult.RingFull,
                WinError.ERROR_HANDLE_EOF => SendResult.Closing,
                _ => SendResult.Refused,
            };
        }

        packet.CopyTo(new Span<byte>(start, packet.Length));
        Wintun.WintunSendPacket(_session, start);
        return SendResult.Sent;
    }

    /// <summary>Sleeps until there is something to receive, or <see cref="Wake"/>.</summary>
    /// <returns>False when it was woken.</returns>
    /// <exception cref="EndpointLostException">Windows cannot wait for the adapter.</exception>
    public bool Wait()
    {
        var handles = stackalloc nint[] { _readable, _woken };
        switch (Synchapi.WaitForMultipleObjects(2, handles, all: 0, Synchapi.INFINITE))
        {
            case Synchapi.WAIT_OBJECT_0:
                return true;
            case Synchapi.WAIT_OBJECT_0 + 1:
                // The event has reset itself. A wake that comes before the next line finds the flag still up; whoever waits returns now anyway.
                Volatile.Write(ref _wakePending, 0);
                return false;
            default:
                var code = Marshal.GetLastPInvokeError();
                throw new EndpointLostException($"Windows cannot wait for the adapter '{_device}': {TunStartError.Text(code)} ({code})");
        }
    }

    /// <summary>Ends the current wait, or else the next one.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _wakePending, 1) == 0)
        {
            _ = Synchapi.SetEvent(_woken);
        }
    }

    public void Dispose()
    {
        Wintun.WintunEndSession(_session);
        _ = Synchapi.CloseHandle(_woken);
    }
}
