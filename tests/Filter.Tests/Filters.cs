using Culvert.Filtering;
using Culvert.Packets;

namespace Filter.Tests;

internal static class Filters
{
    public static PacketFilter Parse(string text)
    {
        Assert.True(PacketFilter.TryParse(text, out var filter, out var error), $"{text}: {error}");
        return filter;
    }

    public static bool Matches(string text, byte[] packet, Direction direction = Direction.Outbound) => Parse(text).Matches(packet, direction);

    public static FilterError Error(string text)
    {
        Assert.False(PacketFilter.TryParse(text, out _, out var error), text);
        return error;
    }
}
