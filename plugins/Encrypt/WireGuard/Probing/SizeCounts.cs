using System.Runtime.CompilerServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Probing;

/// <summary>Numbers of packets above <see cref="PathSizes.Base"/>, by size: sixteen classes of 32 bytes, the last for all that is larger. They wrap.</summary>
[InlineArray(Classes)]
internal struct SizeCounts
{
    /// <summary>The number of classes.</summary>
    public const int Classes = 16;

    private const int ClassSize = 32;

    private uint _first;

    /// <summary>The class of a packet's size in bytes inside the tunnel, padding included; −1 for a packet that is not counted.</summary>
    public static int ClassOf(int size) => size <= PathSizes.Base ? -1 : Math.Min((size - PathSizes.Base - 1) / ClassSize, Classes - 1);

    /// <summary>The number of packets of all classes.</summary>
    public readonly uint Total()
    {
        var total = 0u;
        foreach (var count in this)
        {
            total += count;
        }

        return total;
    }
}
