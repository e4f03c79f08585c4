using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Peers;

namespace Encrypt.Tests.Cases;

/// <summary>The spellings of <c>endpoint</c>.</summary>
public sealed class EndpointOptionTests
{
    [Fact]
    public void One_value_a_mapping_and_a_list_are_read()
    {
        Assert.Equal("vpn.example.net:51820", Read(new("vpn.example.net:51820")).Value?.ToString());
        Assert.Equal(
            "203.0.113.7:1 from 192.0.2.1 by wan0", Read(Map(("to", "203.0.113.7:1"), ("source", "192.0.2.1"), ("bind-device", "wan0"))).Value?.ToString());
        Assert.Equal(
            "203.0.113.7:1, vpn.example.net:2 by wan1",
            Read(new(items: [new Node("203.0.113.7:1"), Map(("to", "vpn.example.net:2"), ("bind-device", "wan1"))])).Value?.ToString());
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        Assert.Contains("missing 'to'", Read(Map(("source", "192.0.2.1"))).Error, StringComparison.Ordinal);
        Assert.Contains("'source' is of another family", Read(Map(("to", "[2001:db8::1]:1"), ("source", "192.0.2.1"))).Error, StringComparison.Ordinal);
        Assert.Contains("'source' is not an IP address", Read(Map(("to", "192.0.2.2:1"), ("source", "wan0"))).Error, StringComparison.Ordinal);
        Assert.Contains("'bind-device' is not a device's name", Read(Map(("to", "192.0.2.2:1"), ("bind-device", "a-name-that-is-too-long"))).Error, StringComparison.Ordinal);
        Assert.Contains("no key 'from'", Read(Map(("to", "192.0.2.2:1"), ("from", "192.0.2.1"))).Error, StringComparison.Ordinal);
        Assert.Contains("missing port", Read(new("203.0.113.7")).Error, StringComparison.Ordinal);
        Assert.Contains("0 endpoints", Read(new(items: [])).Error, StringComparison.Ordinal);
        Assert.Contains("9 endpoints", Read(new(items: [.. Enumerable.Repeat(new Node("192.0.2.2:1"), 9)])).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:51820", "the unspecified address is nobody's")]
    [InlineData("[::]:51820", "the unspecified address is nobody's")]
    [InlineData("255.255.255.255:51820", "the broadcast address is no peer's")]
    [InlineData("224.0.0.1:51820", "a multicast address is no peer's")]
    [InlineData("[ff02::1]:51820", "a multicast address is no peer's")]
    [InlineData("[::ffff:0.0.0.0]:51820", "the unspecified address is nobody's")]
    [InlineData("[::ffff:255.255.255.255]:51820", "the broadcast address is no peer's")]
    [InlineData("[::ffff:224.0.0.1]:51820", "a multicast address is no peer's")]
    [InlineData("[fe80::1]:51820", "write \"[fe80::1%eth0]:51820\" with the interface's name")]
    [InlineData("2001:db8::7:820", "write \"[2001:db8::7:820]:51820\" with the peer's port")]
    [InlineData("2001:db8::7:51820", "write \"[2001:db8::7]:51820\"")]
    public void An_address_at_which_nobody_can_be_called_is_refused(string text, string reason)
    {
        Assert.Contains(reason, Read(new(text)).Error, StringComparison.Ordinal);
        Assert.Contains(reason, Read(Map(("to", text))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reload_compares_by_value()
    {
        Assert.Equal(Read(new(items: [new Node("192.0.2.2:1")])).Value, Read(new("192.0.2.2:1")).Value);
        Assert.NotEqual(Read(new("192.0.2.2:2")).Value, Read(new("192.0.2.2:1")).Value);
    }

    private static (EndpointChoices? Value, string? Error) Read(Node node)
    {
        _ = EndpointChoices.TryRead(node, out var value, out var error);
        return (value, error);
    }

    private static Node Map(params (string Key, string Value)[] entries) =>
        new(entries: [.. entries.Select(entry => KeyValuePair.Create(entry.Key, (OptionNode)new Node(entry.Value)))]);

    private sealed class Node(
        string? scalar = null, IReadOnlyList<OptionNode>? items = null, IReadOnlyList<KeyValuePair<string, OptionNode>>? entries = null) : OptionNode
    {
        public override string? Scalar => scalar;

        public override IReadOnlyList<OptionNode>? Items => items;

        public override IReadOnlyList<KeyValuePair<string, OptionNode>>? Entries => entries;

        public override string BaseDirectory => "";

        public override string Describe() => "a value";
    }
}
