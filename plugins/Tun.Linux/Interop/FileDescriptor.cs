using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary>An open file of the system, closed when it is disposed.</summary>
internal sealed class FileDescriptor() : SafeHandle(invalidHandleValue: -1, ownsHandle: true)
{
    /// <summary>Takes a descriptor that a call returned as a number.</summary>
    public FileDescriptor(int number)
        : this() => SetHandle(number);

    /// <summary>
    /// The number, for calls on the data path, which would otherwise pay for counting references at each packet. Whoever uses it keeps
    /// this object and does not dispose it before the last call.
    /// </summary>
    public int Number => (int)(long)handle;

    /// <remarks>A C function returns an <c>int</c>: of what the marshaller takes for a handle, the upper half is not defined.</remarks>
    public override bool IsInvalid => Number < 0;

    protected override bool ReleaseHandle() => Unistd.close(Number) == 0;
}
