using System.Runtime.Versioning;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Plugins.Tun.Linux.Links;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// One queue of a TUN device: the file whose reads give what the host sends and whose writes the host receives, each behind a virtio
/// header. Never blocks. One thread reads, one other may write.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class TunQueue : IPacketWriter, IDisposable
{
    private readonly FileDescriptor _file;

    private TunQueue(FileDescriptor file, string device) => (_file, Device) = (file, device);

    /// <inheritdoc/>
    public string Device { get; }

    /// <summary>Creates the device, or another queue of it.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="manyQueues">True when it shall have several queues: then each is opened so.</param>
    /// <param name="existing">The device of that name, where one was there before: for what the error says.</param>
    /// <exception cref="StageStartException">It cannot be had.</exception>
    public static TunQueue Open(string device, bool manyQueues, LinkState? existing)
    {
        var file = Fcntl.open(TunStartError.DeviceNode, Fcntl.O_RDWR | Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC);
        if (file.IsInvalid)
        {
            var error = Errno.Last;
            throw error is Errno.ENOENT or Errno.ENODEV or Errno.ENXIO
                ? TunStartError.NoDeviceNode(error)
                : TunStartError.NodeNotOpened(error);
        }

        var queue = new TunQueue(file, device);
        try
        {
            queue.Attach(manyQueues, existing);
            return queue;
        }
        catch
        {
            queue.Dispose();
            throw;
        }
    }

    /// <summary>Reads one packet, which may be a super-packet.</summary>
    /// <param name="buffer">Pinned memory for virtio header and packet.</param>
    /// <param name="length">Its size in bytes.</param>
    /// <returns>The bytes read, or 0 when there is nothing to read now.</returns>
    /// <exception cref="EndpointLostException">The device is gone.</exception>
    public int Read(byte* buffer, int length)
    {
        while (true)
        {
            var read = Unistd.read(_file.Number, buffer, (nuint)length);
            if (read >= 0)
            {
                return (int)read;
            }

            var error = Errno.Last;
            if (error == Errno.EAGAIN)
            {
                return 0;
            }

            if (error != Errno.EINTR)
            {
                throw new EndpointLostException($"the device '{Device}' is gone: {Errno.Text(error)}", new IOException(Errno.Text(error)));
            }
        }
    }

    /// <inheritdoc/>
    public int Write(Uio.IoVec* parts, int count)
    {
        while (Uio.writev(_file.Number, parts, count) < 0)
        {
            var error = Errno.Last;
            if (error != Errno.EINTR)
            {
                return error;
            }
        }

        return 0;
    }

    /// <summary>Requests super-packets from the kernel for this device, over all its queues.</summary>
    /// <param name="flags"><c>TUN_F_…</c></param>
    /// <returns>0, or the error's number: the kernel does not know one of them, and leaves all as it was.</returns>
    public int SetOffload(uint flags) => Ioctl.ioctl(_file, IfTun.TUNSETOFFLOAD, flags) == 0 ? 0 : Errno.Last;

    /// <summary>Whether the device is still there, in whichever network namespace. Any thread.</summary>
    public bool IsAttached => NameNow is not null;

    /// <summary>The device's name now, in whichever network namespace; null when it is gone. Any thread.</summary>
    public string? NameNow
    {
        get
        {
            try
            {
                var request = default(If.IfReq);
                return Ioctl.ioctl(_file, IfTun.TUNGETIFF, &request) == 0 ? request.ifr_name.ToString() : null;
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
        }
    }

    /// <summary>A descriptor of the network namespace that the device is in; null where the kernel gives none. Any thread.</summary>
    public FileDescriptor? OpenNamespace()
    {
        try
        {
            var number = Ioctl.ioctl(_file, IfTun.TUNGETDEVNETNS, (nuint)0);
            return number < 0 ? null : new FileDescriptor(number);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>The file itself, to be waited for together with others.</summary>
    public int Descriptor => _file.Number;

    public void Dispose() => _file.Dispose();

    private void Attach(bool manyQueues, LinkState? existing)
    {
        var request = default(If.IfReq);
        request.ifr_name.Set(Device);
        request.ifr_flags = (short)(IfTun.IFF_TUN | IfTun.IFF_NO_PI | IfTun.IFF_VNET_HDR | (manyQueues ? IfTun.IFF_MULTI_QUEUE : 0));
        if (Ioctl.ioctl(_file, IfTun.TUNSETIFF, &request) != 0)
        {
            throw TunStartError.QueueRefused(Device, manyQueues, existing, Errno.Last);
        }

        var size = VirtioNet.Header.Size;
        if (Ioctl.ioctl(_file, IfTun.TUNSETVNETHDRSZ, &size) != 0)
        {
            throw TunStartError.NoVirtioHeader(Device, Errno.Last);
        }
    }
}
