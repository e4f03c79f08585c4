using System.Runtime.InteropServices;

namespace Windows.Tests;

/// <summary>What a test asks of the double of wintun.dll.</summary>
internal static unsafe partial class WintunDouble
{
    public const string Library = "wintun-double";

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf16)]
    public static partial void double_preexist(string name, int kind);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf16)]
    public static partial int double_state(string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf16)]
    public static partial void double_guid(string name, out Guid guid);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf16)]
    public static partial void double_break(string name, int how);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf16)]
    public static partial void double_remove(string name);

    [LibraryImport(Library)]
    public static partial void double_hide(int times);

    [LibraryImport(Library)]
    public static partial void double_fail_creates(int times, int code);

    [LibraryImport(Library)]
    public static partial void double_without_event(int without);

    [LibraryImport(Library)]
    public static partial uint double_largest_asked();

    /// <summary>Lets the host send a packet to the program.</summary>
    public static void Inject(string name, ReadOnlySpan<byte> packet)
    {
        fixed (byte* data = packet)
        {
            double_inject(name, data, (uint)packet.Length);
        }
    }

    /// <summary>The next packet that the program sent to the host; null when there is none.</summary>
    public static byte[]? Take(string name)
    {
        var buffer = new byte[65_536];
        fixed (byte* data = buffer)
        {
            var size = double_take(name, data, (uint)buffer.Length);
            return size < 0 ? null : buffer[..size];
        }
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf16)]
    private static partial void double_inject(string name, byte* data, uint size);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf16)]
    private static partial int double_take(string name, byte* data, uint room);
}
