namespace Culvert.Packets;

/// <summary>The texts of what misuse of packets throws. A stage that meets one has a bug: the host contains it as a fault.</summary>
internal static class PacketError
{
    public static InvalidOperationException NoRoom(string call, int wanted, int available, string declare) =>
        new($"{call}({wanted}) asks for more than the {available} bytes of room; declare what the stage needs in {declare}.");

    public static InvalidOperationException TrimTooLong(int wanted, int length) =>
        new($"Cannot trim {wanted} bytes from a packet of {length} bytes.");

    public static InvalidOperationException BatchFull(int capacity) =>
        new($"The batch holds {capacity} packets already; test IsFull before adding.");

    public static ArgumentException TooLarge(int length, int largest) =>
        new($"A packet of {length} bytes does not fit the slot's {largest} bytes.");

    public static ObjectDisposedException LeaseEnded() =>
        new(nameof(PacketLease), "The lease was emitted, dropped or disposed already; it must not be used again.");
}
