using System.Net;
using Culvert.Plugins.Nat;
using Culvert.Testing;

namespace Plugins.Tests.Translating;

/// <summary>What the file may say of addresses, and what a mistake is answered with.</summary>
public sealed class NatOptionTests
{
    [Theory]
    [InlineData(null, null, "neither map nor masquerade")]
    [InlineData("192.168.1.0/24", "10.99.0.1", "map and masquerade in one entry")]
    [InlineData(null, "224.0.0.1", "224.0.0.1 is no host's address")]
    [InlineData(null, "fe80::1", "fe80::1 is no host's address")]
    [InlineData(null, "255.255.255.255", "255.255.255.255 is no host's address")]
    public void One_of_two_is_needed(string? own, string? address, string message)
    {
        var report = new OptionsRecorder();
        NatStage.Validate(
            new()
            {
                Map = own is null ? null : new([new(IPNetwork.Parse(own), IPNetwork.Parse("10.1.1.0/24"))]),
                Masquerade = address is null ? null : IPAddress.Parse(address),
            },
            report);
        Assert.Contains(message, Assert.Single(report.Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_is_written_as_it_is_read() =>
        Assert.Equal("{192.168.1.0/24: 10.1.1.0/24}", Nats.Map(("192.168.1.0/24", "10.1.1.0/24")).Map!.ToString());
}
