using Microsoft.Win32.SafeHandles;

namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary>An open file of the system, closed when it is disposed.</summary>
internal sealed class FileDescriptor() : SafeHandleMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>
    /// The number, for calls on the data path, which would otherwise pay for counting references at each packet. Whoever uses it keeps
    /// this object and does not dispose it before the last call.
    /// </summary>
    public int Number => (int)handle;

    protected override bool ReleaseHandle() => Unistd.close((int)handle) == 0;
}
