using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>The sink's destination: a queue of the device.</summary>
internal unsafe interface IPacketWriter
{
    /// <summary>The device's name, for messages.</summary>
    string Device { get; }

    /// <summary>Writes one packet or super-packet, virtio header first. Never blocks.</summary>
    /// <param name="parts">Where its parts lie, all of them pinned.</param>
    /// <param name="count">How many parts, up to <see cref="Uio.IOV_MAX"/>.</param>
    /// <returns>0, or the error's number.</returns>
    int Write(Uio.IoVec* parts, int count);
}
