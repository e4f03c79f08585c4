using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary><c>linux/if.h</c></summary>
internal static class If
{
    /// <summary>The size of a device's name, its closing zero included.</summary>
    public const int IFNAMSIZ = 16;

    /// <summary>The device is administratively up.</summary>
    public const uint IFF_UP = 0x1;

    /// <summary><c>struct ifreq</c>, of whose union only the flags are used here.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IfReq
    {
        public Name ifr_name;
        public short ifr_flags;
        public Rest ifr_ifru;
    }

    /// <summary>A device's name, closed by a zero.</summary>
    [InlineArray(IFNAMSIZ)]
    public struct Name
    {
        private byte _first;

        public void Set(string name) => Encoding.UTF8.GetBytes(name, this);

        public override readonly string ToString()
        {
            ReadOnlySpan<byte> bytes = this;
            var end = bytes.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        }
    }

    /// <summary>The rest of the kernel's union behind the flags: the kernel copies all 24 bytes.</summary>
    [InlineArray(22)]
    public struct Rest
    {
        private byte _first;
    }
}
