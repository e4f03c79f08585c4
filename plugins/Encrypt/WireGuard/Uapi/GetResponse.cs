using System.Buffers;
using System.Globalization;
using System.Text;
using Culvert.Plugins.Encrypt.WireGuard.Peers;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>
/// The answer to a get request. Contains the private key, from which WireGuard's tools derive the public one: only the owner may open the
/// socket, and the caller wipes the bytes.
/// </summary>
internal static class GetResponse
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Writes the tunnel and its peers, without <c>errno</c>. On the service thread.</summary>
    public static void Write(Tunnel tunnel, IBufferWriter<byte> output)
    {
        if (tunnel.Local.HasKey)
        {
            using var privateKey = tunnel.Local.Identity.ExportPrivate();
            WriteKey(output, "private_key="u8, privateKey.Span);
        }

        if (tunnel.Local.Host.Network.ListenPort is { } port)
        {
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"listen_port={port}\n"), output);
        }

        if (tunnel.Local.Host.Network.FirewallMark is { } mark)
        {
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"fwmark={mark}\n"), output);
        }

        foreach (var peer in tunnel.Peers.All)
        {
            Write(peer, output);
        }
    }

    private static void Write(Peer peer, IBufferWriter<byte> output)
    {
        WriteKey(output, "public_key="u8, peer.Key.ToArray());
        WriteKey(output, "preshared_key="u8, peer.Handshake.PresharedKey);
        var sinceEpoch = (peer.Handshaker.LastCompleted ?? DateTimeOffset.UnixEpoch) - DateTimeOffset.UnixEpoch;
        var text = new StringBuilder("protocol_version=1\n");
        if (!peer.Endpoint.Current.IsNone)
        {
            text.Append(CultureInfo.InvariantCulture, $"endpoint={peer.Endpoint.Current}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"last_handshake_time_sec={sinceEpoch.Ticks / TimeSpan.TicksPerSecond}\n");
        text.Append(CultureInfo.InvariantCulture,
            $"last_handshake_time_nsec={sinceEpoch.Ticks % TimeSpan.TicksPerSecond * NanosecondsPerTick}\n");
        text.Append(CultureInfo.InvariantCulture, $"tx_bytes={peer.SentBytes}\nrx_bytes={peer.ReceivedBytes}\n");
        text.Append(CultureInfo.InvariantCulture, $"persistent_keepalive_interval={(int)peer.KeepaliveInterval.TotalSeconds}\n");
        foreach (var prefix in peer.AllowedIps)
        {
            text.Append(CultureInfo.InvariantCulture, $"allowed_ip={prefix}\n");
        }

        Encoding.ASCII.GetBytes(text.ToString(), output);
    }

    private static void WriteKey(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> key)
    {
        output.Write(name);
        var hex = output.GetSpan(2 * key.Length);
        Convert.TryToHexStringLower(key, hex, out var written);
        output.Advance(written);
        output.Write("\n"u8);
    }
}
