namespace Plugins.Tests.Cases;

/// <summary>A packet before the guard, and what the guard must say of it.</summary>
/// <param name="Name">What the packet is.</param>
/// <param name="Source">Where the right behaviour is written down.</param>
/// <param name="Packet">The packet.</param>
/// <param name="Counters">What is counted besides zeros with <c>on-bad: pass</c>: <c>protocol/counter</c>, or a counter alone.</param>
internal sealed record GuardCase(string Name, string Source, byte[] Packet, params string[] Counters)
{
    /// <summary>The packet once repaired; left out: nothing is repaired.</summary>
    public byte[]? Repaired { get; init; }

    /// <summary>The counter that a drop goes to; null when the packet passes.</summary>
    public string? DroppedAs { get; init; }

    public override string ToString() => Name;
}
