using System.Buffers;
using System.Text;
using Culvert.Plugins.Encrypt.WireGuard.Uapi;
using Encrypt.Tests.Fixtures;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>A set request of WireGuard's interface: refused as a whole, or carried out, and the answer to a get request can be set again.</summary>
internal sealed class UapiTarget : FuzzTarget
{
    private static readonly string _key = new('a', 64);
    private readonly TunnelPair _pair = new();

    public override IEnumerable<byte[]> Seeds => Utf8(
        $"replace_peers=true\npublic_key={_key}\nallowed_ip=10.0.0.1/32\n", $"private_key={_key}\nlisten_port=51820\nfwmark=7\n",
        $"public_key={_key}\nupdate_only=true\nremove=true\n", $"private_key={new string('0', 64)}\n", "",
        $"public_key={_key}\npreshared_key={_key}\nendpoint=[2001:db8::1]:7\npersistent_keepalive_interval=25\nreplace_allowed_ips=true\nallowed_ip=-::/0\nprotocol_version=1\n",
        $"public_key={Convert.ToHexStringLower(_pair.Right.Tunnel.Local.PublicKey!.Value.ToArray())}\nallowed_ip=0.0.0.0/0\nendpoint=192.0.2.9:1\n");

    public override IEnumerable<string> Words =>
    [
        "\npublic_key=", "\nprivate_key=", "\npreshared_key=", "\nallowed_ip=", "\nendpoint=", "\nremove=true", "\nupdate_only=true", "\nreplace_peers=true", "\nfwmark=",
        "\nreplace_allowed_ips=true", "\npersistent_keepalive_interval=", "\nlisten_port=", "\nprotocol_version=1", "/32", "-", "::", "0.0.0.0/0", "65535", _key, "[::1]:1",
    ];

    public override void Run(byte[] input)
    {
        Set(input);
        var got = new ArrayBufferWriter<byte>();
        GetResponse.Write(_pair.Left.Tunnel, got);
        var settable = Encoding.ASCII.GetString(got.WrittenSpan).Split('\n')
            .Where(line => !line.StartsWith("last_handshake", StringComparison.Ordinal) && !line.Contains("x_bytes=", StringComparison.Ordinal));
        Assert.Equal(UapiErrno.None, SetRequest.Parse(Encoding.ASCII.GetBytes(string.Join('\n', settable)), out var again));
        again?.Dispose();
        Set("replace_peers=true\n"u8);
        Assert.Empty(_pair.Left.Context.Faults);
    }

    public override void Dispose() => _pair.Dispose();

    private void Set(ReadOnlySpan<byte> text)
    {
        var errno = SetRequest.Parse(text, out var request);
        using (request)
        {
            Assert.Equal(errno == UapiErrno.None, request is not null);
            if (request is not null)
            {
                TunnelEditor.Apply(_pair.Left.Tunnel, request);
            }
        }

        _pair.Left.Context.RunService();
        _pair.Left.Context.TakeEmitted();
    }
}
