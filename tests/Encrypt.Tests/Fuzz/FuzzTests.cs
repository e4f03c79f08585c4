using System.Text;
using Culvert.Plugins.Encrypt.WireGuard.Uapi;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Fuzz;

/// <summary>The two parsers that read what anybody may send: datagrams, and requests on the socket.</summary>
public sealed class FuzzTests
{
    [Fact]
    public void No_datagram_throws_or_is_believed()
    {
        using var tunnel = new TunnelPair().Connect();
        var known = tunnel.Crossed.Select(message => message.Bytes).Append(tunnel.Left.Send(Inner.Packet("10.0.0.1", "10.0.0.2"))[0].Bytes).ToArray();
        var end = tunnel.Right;

        Fuzzer.Run("messages", datagram =>
        {
            if (known.Any(message => message.AsSpan().SequenceEqual(datagram)))
            {
                return;
            }

            end.Receive(datagram, tunnel.Left.Address);
            end.Context.RunService();
            end.Context.TakeEmitted();
            Assert.Empty(end.Context.Faults);
            Assert.Single(end.Delivered);
            Assert.Equal(1, end.Context.Count("responses-sent"));
        }, known);
    }

    [Fact]
    public void No_set_request_throws_whether_it_is_read_or_carried_out()
    {
        using var tunnel = new TunnelPair();
        var left = tunnel.Left.Tunnel;

        Fuzzer.Run("uapi", text =>
        {
            var errno = SetRequest.Parse(text, out var request);
            using (request)
            {
                Assert.Equal(errno == UapiErrno.None, request is not null);
                if (request is not null)
                {
                    TunnelEditor.Apply(left, request);
                }
            }

            tunnel.Left.Context.RunService();
            tunnel.Left.Context.TakeEmitted();
            Assert.Empty(tunnel.Left.Context.Faults);
        }, [Encoding.ASCII.GetBytes($"replace_peers=true\npublic_key={Convert.ToHexStringLower(tunnel.Right.Peer.Key.ToArray())}\nallowed_ip=10.0.0.1/32\n")]);
    }
}
