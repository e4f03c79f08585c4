using System.CommandLine;
using Culvert.Packets;

namespace Culvert.Host.Commands;

/// <summary>The option <c>--direction outbound|inbound</c>.</summary>
internal static class DirectionOption
{
    public static Option<Direction> Create() => new("--direction")
    {
        Description = "Which way the packets go through the stages: outbound, from the host to the network, or inbound.",
        HelpName = "outbound|inbound",
        CustomParser = result =>
        {
            var word = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
            switch (word)
            {
                case "outbound":
                    return Direction.Outbound;
                case "inbound":
                    return Direction.Inbound;
                default:
                    result.AddError($"--direction is '{word}'; write outbound or inbound");
                    return default;
            }
        },
    };
}
