using System.CommandLine;
using Culvert.Host.Output;
using Culvert.Packets;

namespace Culvert.Host.Commands;

/// <summary>The option <c>--direction outbound|inbound</c>.</summary>
internal static class DirectionOption
{
    public static Option<Direction> Create() => OptionValues.Words(
        "--direction", "Which way the packets go through the stages: outbound, from the host to the network, or inbound.", Direction.Outbound, Direction.Inbound);
}
