using Culvert.Endpoints.Clients;

namespace Tools.Tests.Doctoring;

/// <summary>What one stage cannot know of another: <c>check</c> warns of it.</summary>
public sealed class FileCheckTests : IDisposable
{
    internal const string PeerKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("[10.99.0.0/24]", "", "endpoint: 203.0.113.7:51820, allowed-ips: [10.99.0.2/32]", "CV2201", "10.99.0.0/24 is the address of the network itself")]
    [InlineData("[10.99.0.255/24]", "", "endpoint: 203.0.113.7:51820, allowed-ips: [10.99.0.2/32]", "CV2201", "10.99.0.255/24 is the network's broadcast address")]
    [InlineData("[10.99.0.1/24]", "[10.7.0.0/16]", "allowed-ips: [10.99.0.2/32]", "CV2202", "10.7.0.0/16 is routed into the tunnel, but no peer has it")]
    [InlineData("[10.99.0.1/24]", "", "allowed-ips: [10.99.0.2/32, 10.2.0.0/16]", "CV2203", "10.2.0.0/16 is in a peer's allowed-ips, but no route")]
    [InlineData("[10.99.0.1/24]", "[10.2.0.0/16]", "allowed-ips: [10.2.0.0/16]", "CV2204", "no peer has an address of 10.99.0.0/24")]
    [InlineData("[10.99.0.1/24]", "", "allowed-ips: [10.99.0.1/32]", "CV2205", "10.99.0.1 is this end's own address")]
    [InlineData("[10.99.0.1/24]", "[198.51.100.0/24]", "endpoint: 198.51.100.1:51820, allowed-ips: [10.99.0.2/32, 198.51.100.0/24]", "CV2206", "198.51.100.0/24")]
    [InlineData("[10.99.0.1/24]", "[0.0.0.0/1, 128.0.0.0/1]", "endpoint: 198.51.100.1:51820, allowed-ips: [0.0.0.0/0]", "CV2206", "the route 128.0.0.0/1")]
    [InlineData("[10.99.0.1/24]", "auto", "endpoint: 198.51.100.1:51820, allowed-ips: [10.99.0.2/32, 198.51.0.0/16]", "CV2206", "the route 198.51.0.0/16")]
    [InlineData("[10.99.0.1/24]", "", null, "CV2207", "encrypt has no peers")]
    [InlineData("[10.99.0.1/24]", "", "endpoint: 192.0.2.1:51820, allowed-ips: [10.99.0.2/32]", "CV2208", "192.0.2.1:51820 is where this end itself listens", "192.0.2.1:51820")]
    [InlineData("[10.99.0.1/24]", "", "endpoint: 127.0.0.1:51820, allowed-ips: [10.99.0.2/32]", "CV2208", "127.0.0.1:51820 is where this end itself listens")]
    [InlineData("[10.99.0.1/24]", "", "endpoint: 10.99.0.1:1, allowed-ips: [10.99.0.2/32]", "CV2208", "10.99.0.1:1 is where this end itself listens")]
    [InlineData("[10.99.0.1/24]", "", "endpoint: 203.0.113.7:1, allowed-ips: [10.99.0.2/32]", "CV2209", "203.0.113.7:1 is an IPv4 address", "[2001:db8::1]:51820")]
    public async Task Check_warns_of(string addresses, string routes, string? peer, string code, string cause, string listen = "0.0.0.0:51820")
    {
        var (exit, _, error) = await CommandLine.Run("check", Write(_folder, addresses, routes, peer, listen));
        Assert.Equal(0, exit);
        var line = Assert.Single(error.Split('\n'), line => line.Contains($"warning {code}: ", StringComparison.Ordinal));
        Assert.Contains(cause, line, StringComparison.Ordinal);
        Assert.Matches(@"pipeline\.yaml\(\d+,\d+\)", line);
    }

    [Theory]
    [InlineData("[10.99.0.1/24]", "[198.51.100.0/24]", "endpoint: 198.51.100.1:51820, allowed-ips: [10.99.0.2/32, 198.51.100.0/24]", 1)]
    [InlineData("[10.99.0.1/24]", "auto", "endpoint: 198.51.100.1:51820, allowed-ips: [10.99.0.2/32, 198.51.0.0/16]", 1)]
    [InlineData("[10.99.0.1/24]", "auto, table: 7", "endpoint: 198.51.100.1:51820, allowed-ips: [10.99.0.2/32, 198.51.0.0/16]", 0)]
    [InlineData("[10.99.0.1/24]", "[0.0.0.0/0]", "endpoint: 198.51.100.1:51820, allowed-ips: [10.99.0.2/32, 0.0.0.0/0]", 1)]
    public async Task A_route_to_an_endpoint_is_reported_once_and_where_it_matters(string addresses, string routes, string peer, int times)
    {
        var (_, _, error) = await CommandLine.Run("check", Write(_folder, addresses, routes, peer));
        Assert.Equal(times, error.Split('\n').Count(line => line.Contains("warning", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("[10.99.0.1/24]", "[10.2.0.0/16]", "endpoint: 203.0.113.7:51820, allowed-ips: [10.99.0.2/32, 10.2.0.0/16]")]
    [InlineData("[10.99.0.2/32]", "auto", "endpoint: 203.0.113.7:51820, allowed-ips: [10.99.0.0/24, 10.2.0.0/16]")]
    [InlineData("[10.99.0.1/24]", "[10.2.0.0/16]", "endpoint: 203.0.113.7:51820, allowed-ips: [0.0.0.0/0, \"::/0\"]")]
    [InlineData("[]", "", "endpoint: 203.0.113.7:51820, allowed-ips: [10.2.0.0/16]")]
    [InlineData("[10.99.0.1/31]", "[198.51.100.0/24], table: 7", "endpoint: 198.51.100.1:51820, allowed-ips: [10.99.0.0/32, 198.51.100.0/24]")]
    [InlineData("[10.99.0.1/24]", "", "endpoint: 127.0.0.1:51821, allowed-ips: [10.99.0.2/32]")]
    public async Task Check_has_nothing_to_say_of_what_works(string addresses, string routes, string peer)
    {
        var (exit, _, error) = await CommandLine.Run("check", Write(_folder, addresses, routes, peer));
        Assert.DoesNotContain("CV22", error, StringComparison.Ordinal);
        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task Check_warns_of_a_control_path_where_no_socket_can_be()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var file = Write(_folder, "[10.99.0.1/24]", "", "allowed-ips: [10.99.0.2/32]");
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        _folder.Write("notes.txt", "notes");
        foreach (var (control, cause) in new[] { ("notes.txt", "notes.txt' exists and is not a socket"), (Long(UnixSocketFile.MaxPath + 1), "a path of 104 bytes, and a socket's has at most 103"), (Long(UnixSocketFile.MaxPath), null), ("c.sock", null) })
        {
            await File.WriteAllTextAsync(file, text.Replace("control: c.sock", $"control: {control}", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            var (exit, _, error) = await CommandLine.Run("check", file);
            Assert.Equal(0, exit);
            Assert.Equal(cause is not null, error.Contains("pipeline.yaml(2,10): warning CV2210: ", StringComparison.Ordinal));
            Assert.Contains(cause ?? "", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_socket_can_be_at_the_longest_path_and_at_none_that_is_longer()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("A Windows pipeline has a named pipe instead.");
            return;
        }

        using (new UnixSocketFile(Long(UnixSocketFile.MaxPath), () => { }))
        {
            Assert.True(File.Exists(Long(UnixSocketFile.MaxPath)));
        }

        var isRefused = false;
        try
        {
            using var socket = new UnixSocketFile(Long(UnixSocketFile.MaxPath + 1), () => { });
        }
        catch (IOException)
        {
            isRefused = true;
        }

        Assert.True(isRefused);
    }

    [Fact]
    public async Task An_IPv6_endpoint_where_the_socket_has_IPv4_alone_is_an_error()
    {
        var file = Write(_folder, "[10.99.0.1/24]", "", "endpoint: '[2001:db8::1]:51820', allowed-ips: [10.99.0.2/32]", "0.0.0.0:51820");
        var (exit, _, error) = await CommandLine.Run("check", file);
        Assert.Equal(2, exit);
        Assert.Contains("peers[0].endpoint: [2001:db8::1]:51820 is an IPv6 address, but the network endpoint listens on an IPv4 address", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_warnings_too()
    {
        var (_, output, _) = await CommandLine.Run("check", "--format", "json", Write(_folder, "[10.99.0.0/24]", "", "allowed-ips: [10.99.0.2/32]"));
        Assert.Contains("\"code\": \"CV2201\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_prints_this_ends_public_key()
    {
        var (_, key) = Keys();
        var (_, output, _) = await CommandLine.Run("check", Write(_folder, "[10.99.0.1/24]", "", "allowed-ips: [10.99.0.2/32]"));
        Assert.Contains($"public key of this end: {key}\n", output, StringComparison.Ordinal);
    }

    /// <summary>A path in the folder of so many bytes.</summary>
    private string Long(int bytes) => _folder.File(new string('x', bytes - _folder.Path.Length - 1));

    /// <summary>A fixed key pair.</summary>
    internal static (string Private, string Public) Keys()
    {
        const string Private = "GGSFcHDGkdUWSVOlGwcs0c9vT8mQLHyLVNY8V3T0bmk=";
        Assert.True(Culvert.Host.Output.X25519Text.TryGetPublic(Private, out var publicKey));
        return (Private, publicKey);
    }

    /// <summary>Writes a site's file.</summary>
    internal static void OnlyForOwner(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    internal static string Write(ScratchFolder folder, string addresses, string routes, string? peer, string listen = "0.0.0.0:51820", string network = "udp")
    {
        var key = folder.Write("site.key", Keys().Private);
        OnlyForOwner(key);
        return folder.Write("pipeline.yaml", $"""
            plugin-paths: ["{CommandLine.Plugins}"]
            control: c.sock
            stages:
              - {"{"}stage: tun, device: cvtdoc0, addresses: {addresses}{(routes.Length == 0 ? "" : $", routes: {routes}")}{"}"}
              - {"{"}stage: encrypt, private-key-file: site.key, peers: [{(peer is null ? "" : $"{{name: berlin, public-key: \"{PeerKey}\", {peer}}}")}]{"}"}
              - {"{"}stage: {network}, listen: "{listen}"{"}"}
            """);
    }
}
