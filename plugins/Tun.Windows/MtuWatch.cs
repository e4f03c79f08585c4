using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Plugins.Tun.Windows.Interop;
using static Culvert.Plugins.Tun.Windows.Interop.Netioapi;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>Subscribes to changes of an interface.</summary>
internal sealed unsafe class MtuWatch : IDisposable
{
    private readonly ulong _luid;
    private readonly Action _changed;
    private GCHandle _self;
    private nint _registration;

    /// <summary>Begins watching.</summary>
    /// <param name="luid">The interface.</param>
    /// <param name="changed">Called on a thread of the system's: cheap, and throws nothing.</param>
    public MtuWatch(ulong luid, Action changed)
    {
        (_luid, _changed) = (luid, changed);
        _self = GCHandle.Alloc(this);
        nint registration;
        var code = NotifyIpInterfaceChange(AF_UNSPEC, &OnChange, (void*)GCHandle.ToIntPtr(_self), initial: 0, &registration);
        IsOn = code == WinError.NO_ERROR;
        _registration = IsOn ? registration : 0;
    }

    /// <summary>False when the system refused: changes from outside are not noticed then.</summary>
    public bool IsOn { get; }

    public void Dispose()
    {
        var registration = Interlocked.Exchange(ref _registration, 0);
        if (registration != 0)
        {
            // Returns when no call is under way any more (CancelMibChangeNotify2, remarks), so that the handle can go.
            _ = CancelMibChangeNotify2(registration);
        }

        if (_self.IsAllocated)
        {
            _self.Free();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static void OnChange(void* context, MIB_IPINTERFACE_ROW* row, int kind)
    {
        var watch = (MtuWatch)GCHandle.FromIntPtr((nint)context).Target!;
        if (row != null && row->InterfaceLuid == watch._luid)
        {
            watch._changed();
        }
    }
}
