using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Culvert.Tests.Support.Interop;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Tests.Support;

/// <summary>
/// A TUN device without any offload in a test's namespace, to hand single packets to the kernel and see what it sends. It goes with its
/// namespace. Needs root and <c>/dev/net/tun</c>: call <see cref="Requires.TunDevice"/> first.
/// </summary>
public sealed class PlainTun : IDisposable
{
    private const int LargestPacket = 65536;

    private readonly BlockingCollection<byte[]> _received = [];
    private readonly SafeFileHandle _handle;

    private PlainTun(SafeFileHandle handle)
    {
        _handle = handle;
        new Thread(Read) { IsBackground = true, Name = nameof(PlainTun) }.Start();
    }

    /// <summary>Makes a device and brings it up.</summary>
    /// <param name="space">Where.</param>
    /// <param name="name">The device's name, up to 15 bytes.</param>
    public static PlainTun Open(NetworkNamespace space, string name)
    {
        ArgumentNullException.ThrowIfNull(space);
        var handle = space.Invoke(() => OpenHere(name));
        space.Run($"ip link set {name} up");
        return new PlainTun(handle);
    }

    /// <summary>Hands a packet to the kernel, as if it had come in through the device.</summary>
    /// <returns>False when the kernel refuses to take it at all.</returns>
    public unsafe bool Send(byte[] packet)
    {
        fixed (byte* start = packet)
        {
            return Unistd.write(_handle, start, (nuint)packet.Length) == packet.Length;
        }
    }

    /// <summary>The next packet that the kernel sent through the device; null when none comes in time.</summary>
    public byte[]? Receive(TimeSpan limit) => _received.TryTake(out var packet, limit) ? packet : null;

    /// <summary>Closes the device.</summary>
    public void Dispose() => _handle.Dispose();

    private static unsafe SafeFileHandle OpenHere(string name)
    {
        var handle = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var request = new IfTun.Request { Flags = IfTun.IFF_TUN | IfTun.IFF_NO_PI };
        Encoding.ASCII.GetBytes(name).CopyTo(new Span<byte>(request.Name, name.Length));
        if (IfTun.ioctl(handle, IfTun.TUNSETIFF, &request) < 0)
        {
            throw new IOException($"TUNSETIFF {name}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        return handle;
    }

    private unsafe void Read()
    {
        var buffer = new byte[LargestPacket];
        try
        {
            fixed (byte* start = buffer)
            {
                for (nint length; (length = Unistd.read(_handle, start, LargestPacket)) > 0;)
                {
                    _received.Add(buffer[..(int)length]);
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // Closed between two packets; one that is closed while it waits ends with its namespace.
        }

        _received.CompleteAdding();
    }
}
