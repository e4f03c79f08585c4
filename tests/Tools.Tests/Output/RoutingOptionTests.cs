namespace Tools.Tests.Output;

/// <summary>The keys of routing: how they are written, and what <c>check</c> says of mistakes.</summary>
public sealed class RoutingOptionTests
{
    [Theory]
    [InlineData("routes: auto", "")]
    [InlineData("routes: [0.0.0.0/1, \"::/1\"], table: 1234", "")]
    [InlineData("routes: 10.0.0.0/8", "not a list; write [10.0.0.0/8]")]
    [InlineData("routes: automatic", "auto, or a list of CIDR prefixes")]
    [InlineData("routes: [10.0.0.0/8, 10.1.2.3/16]", "item 2, '10.1.2.3/16', has bits set behind the prefix; write 10.1.0.0/16")]
    [InlineData("routes: [main]", "item 1, 'main', is not a CIDR prefix")]
    [InlineData("routes: [10.0.0.0/8, 10.0.0.0/8]", "warning CV1107: 'tun': routes[1]: 10.0.0.0/8 is listed twice")]
    [InlineData("routes: [0.0.0.0/0]", "warning CV1107: 'tun': routes: 0.0.0.0/0 leads the tunnel's own datagrams into the tunnel")]
    [InlineData("routes: [0.0.0.0/0], table: main", "0.0.0.0/0 leads the tunnel's own datagrams into the tunnel", "fwmark: 7")]
    [InlineData("routes: [0.0.0.0/0]", "", "fwmark: 0xca6c")]
    [InlineData("routes: [0.0.0.0/0], table: 7", "")]
    [InlineData("table: local", "auto, main, or a table's number from 1 to 4294967295")]
    [InlineData("table: 255", "table 255 is 'local', which the kernel keeps itself")]
    [InlineData("table: 0", "auto, main, or a table's number")]
    [InlineData("table: 0100", "auto, main, or a table's number")]
    [InlineData("mtu: 1_300", "")]
    [InlineData("mtu: 01300", "auto, or a number of bytes from 68 to 65535")]
    [InlineData("mtu: 1__300", "auto, or a number of bytes from 68 to 65535")]
    [InlineData("mtu: auto", "auto, or a number of bytes from 576 to 65535", "path-mtu: 01300")]
    [InlineData("mtu: auto", "peer' is '0.0.0.0:7000': the unspecified address is nobody's", "path-mtu: 1500", "0.0.0.0:7000")]
    [InlineData("mtu: auto", "a number from 0 to 4294967295, also as 0xca6c", "fwmark: 0x1ffffffff")]
    [InlineData("mtu: auto", "a number from 0 to 4294967295, also as 0xca6c", "fwmark: 010")]
    public async Task Keys_of_routing_are_read_and_mistakes_are_told(string tun, string said, string udp = "path-mtu: 1500", string peer = "203.0.113.7:7000")
    {
        using var folder = new ScratchFolder();
        var file = folder.Write("pipeline.yaml", $"""
            plugin-paths: ["{CommandLine.Plugins}"]
            stages:
              - {"{"}stage: tun, {tun}{"}"}
              - stage: plaintext
              - {"{"}stage: udp, listen: "0.0.0.0:7000", peer: "{peer}", {udp}{"}"}
            """);
        var (code, _, error) = await CommandLine.Run("check", file);
        if (said.Length == 0)
        {
            Assert.Equal((0, ""), (code, error));
        }

        Assert.Contains(said, error, StringComparison.Ordinal);
    }
}
