using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>What the sender of a flood knows.</summary>
internal enum FloodKind
{
    /// <summary>Nothing: mac1 is random.</summary>
    Nothing,

    /// <summary>The public key: mac1 is right, mac2 is zero.</summary>
    Mac1,

    /// <summary>The public key: mac1 is right, mac2 is random.</summary>
    Mac1AndMac2,
}

/// <summary>
/// Initiations from many forged sources at a steady rate, until disposed. Sockets are opened in a namespace
/// of the test's own.
/// </summary>
internal sealed class HandshakeFlood : IDisposable
{
    /// <summary>The network of the sources; the target needs a route to it.</summary>
    public const string SourceNetwork = "198.18.0.0/15";

    private const int Sources = 512;
    private const int Bursts = 64;

    // Messages that one system call sends; the kernel makes datagrams of them before they leave.
    private const int Burst = 32;
    private const int SolUdp = 17;
    private const int UdpSegment = 103;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(400);

    private readonly Thread _thread;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private volatile bool _stopped;
    private long _sent;

    private HandshakeFlood(Socket[] sockets, byte[][] bursts, int perSecond)
    {
        _thread = new Thread(() => Run(sockets, bursts, perSecond)) { IsBackground = true, Name = "flood" };
        _thread.Start();
    }

    /// <summary>How many were sent so far.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>The mean rate so far, in datagrams a second.</summary>
    public double Rate => Sent / _time.Elapsed.TotalSeconds;

    /// <summary>Begins to send.</summary>
    /// <param name="from">Where the attacker is.</param>
    /// <param name="target">Whom to flood.</param>
    /// <param name="publicKey">The target's public key.</param>
    /// <param name="kind">What the attacker knows.</param>
    /// <param name="perSecond">The rate in datagrams a second.</param>
    public static HandshakeFlood Start(
        NetworkNamespace from, IPEndPoint target, string publicKey, FloodKind kind = FloodKind.Mac1, int perSecond = 50_000)
    {
        from.TryRun($"ip route add local {SourceNetwork} dev lo");
        var size = new MessageLayout(CipherSuite.Wireguard.TagSize).InitiationSize;
        var sockets = from.Invoke(() => Enumerable.Range(0, Sources).Select(i => Open(i, target, size)).ToArray());
        return new HandshakeFlood(sockets, MakeBursts(Convert.FromBase64String(publicKey), kind, size), perSecond);
    }

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
    }

    private static Socket Open(int source, IPEndPoint target, int size)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse($"198.{18 + (source & 1)}.{source >> 1}.{(source * 37 & 127) + 1}"), 0));
        socket.SetRawSocketOption(SolUdp, UdpSegment, BitConverter.GetBytes(size));
        socket.Connect(target);
        return socket;
    }

    private static byte[][] MakeBursts(byte[] publicKey, FloodKind kind, int size)
    {
        var mac1Key = new byte[Blake2s.HashSize];
        MacLabels.Mac1Key(mac1Key, publicKey);
        var layout = new MessageLayout(CipherSuite.Wireguard.TagSize);
        var bursts = new byte[Bursts][];
        for (var i = 0; i < Bursts; i++)
        {
            bursts[i] = RandomNumberGenerator.GetBytes(size * Burst);
            for (var j = 0; j < Burst; j++)
            {
                var message = bursts[i].AsSpan(j * size, size);
                var mac2 = message[^16..].ToArray();
                layout.StartInitiation(message, (uint)((i * Burst) + j));
                if (kind != FloodKind.Nothing)
                {
                    Blake2s.Mac(message[^32..^16], mac1Key, message[..^32]);
                }

                message[^16..].Clear();
                if (kind == FloodKind.Mac1AndMac2)
                {
                    mac2.CopyTo(message[^16..]);
                }
            }
        }

        return bursts;
    }

    private void Run(Socket[] sockets, byte[][] bursts, int perSecond)
    {
        for (var i = 0; !_stopped && _time.Elapsed < Longest; i++)
        {
            if (Sent > perSecond * _time.Elapsed.TotalSeconds)
            {
                Thread.Sleep(1);
            }

            try
            {
                sockets[i % sockets.Length].Send(bursts[i % bursts.Length]);
                Interlocked.Add(ref _sent, Burst);
            }
            catch (SocketException)
            {
                // The queue is full, or the target answered that nobody listens: the flood goes on.
            }
        }

        foreach (var socket in sockets)
        {
            socket.Dispose();
        }
    }
}
