using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

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
/// Sends initiations from many forged sources at a steady rate, until disposed: one socket, whose datagrams each leave from an address of their own
/// (IP_PKTINFO). The benchmarks use it, too.
/// </summary>
internal sealed class FloodSender : IDisposable
{
    /// <summary>The network of the sources: the sender needs it as a local one, the target a route to it.</summary>
    public const string SourceNetwork = "198.18.0.0/15";

    /// <summary>The same for IPv6: 65,536 networks of /64.</summary>
    public const string Ipv6SourceNetwork = "2001:db8:f::/48";

    private const int SourceNetworkSize = 1 << 17;
    private const uint FirstSource = 0xC612_0001;
    private const int Bursts = 64;

    // Messages that one system call sends; the kernel makes datagrams of them before they leave. Many sources send few at a time.
    private const int MaxBurst = 32;
    private const int MessagesAround = 16_384;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(400);
    private static readonly MessageLayout Layout = new(CipherSuite.Wireguard.TagSize);

    private readonly ForgedSocket _socket;
    private readonly byte[][] _sources;
    private readonly byte[][] _bursts;
    private readonly int _burst;
    private readonly int _perSecond;
    private readonly Thread _thread;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private volatile bool _stopped;
    private long _sent;

    /// <summary>Opens the socket in the network namespace of this thread, and begins to send.</summary>
    /// <param name="target">Whom to flood.</param>
    /// <param name="publicKey">The target's public key.</param>
    /// <param name="kind">What the attacker knows.</param>
    /// <param name="perSecond">The rate in datagrams a second.</param>
    /// <param name="sources">The number of sources, up to 65,536.</param>
    /// <param name="inOneNetwork">Of an IPv6 target: whether all sources are in one /64; otherwise each is in one of its own.</param>
    public FloodSender(IPEndPoint target, ReadOnlySpan<byte> publicKey, FloodKind kind, int perSecond, int sources, bool inOneNetwork = false)
    {
        (_perSecond, _burst) = (perSecond, Math.Clamp(MessagesAround / sources, 1, MaxBurst));
        _bursts = MakeBursts(publicKey, kind, _burst);
        _sources = [.. Enumerable.Range(0, sources).Select(i => target.AddressFamily == AddressFamily.InterNetwork
            ? Ipv4Source((uint)((long)i * SourceNetworkSize / sources)) : Ipv6Source((ushort)i, inOneNetwork))];
        _socket = new ForgedSocket(target, Layout.InitiationSize);
        _thread = new Thread(Run) { IsBackground = true, Name = "flood" };
        _thread.Start();
    }

    /// <summary>How many were sent so far.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>The mean rate so far, in datagrams a second.</summary>
    public double Rate => Sent / _time.Elapsed.TotalSeconds;

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
    }

    private static byte[] Ipv4Source(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, FirstSource + number);
        return bytes;
    }

    private static byte[] Ipv6Source(ushort number, bool inOneNetwork)
    {
        var bytes = IPAddress.Parse("2001:db8:f::1").GetAddressBytes();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(inOneNetwork ? 12 : 6), number);
        return bytes;
    }

    private static byte[][] MakeBursts(ReadOnlySpan<byte> publicKey, FloodKind kind, int burst)
    {
        var mac1Key = new byte[Blake2s.HashSize];
        MacLabels.Mac1Key(mac1Key, publicKey);
        var size = Layout.InitiationSize;
        var bursts = new byte[Bursts][];
        for (var i = 0; i < Bursts; i++)
        {
            bursts[i] = RandomNumberGenerator.GetBytes(size * burst);
            for (var j = 0; j < burst; j++)
            {
                Finish(bursts[i].AsSpan(j * size, size), (uint)((i * burst) + j), mac1Key, kind);
            }
        }

        return bursts;
    }

    private static void Finish(Span<byte> message, uint sender, byte[] mac1Key, FloodKind kind)
    {
        var mac2 = message[^MessageLayout.MacSize..].ToArray();
        Layout.StartInitiation(message, sender);
        if (kind != FloodKind.Nothing)
        {
            Blake2s.Mac(message[^(2 * MessageLayout.MacSize)..^MessageLayout.MacSize], mac1Key, message[..^(2 * MessageLayout.MacSize)]);
        }

        message[^MessageLayout.MacSize..].Clear();
        if (kind == FloodKind.Mac1AndMac2)
        {
            mac2.CopyTo(message[^MessageLayout.MacSize..]);
        }
    }

    private void Run()
    {
        for (var i = 0; !_stopped && _time.Elapsed < Longest; i++)
        {
            if (Sent > _perSecond * _time.Elapsed.TotalSeconds)
            {
                Thread.Sleep(1);
            }

            // A full queue refuses it: the flood goes on.
            if (_socket.Send(_sources[i % _sources.Length], _bursts[i % _bursts.Length]))
            {
                Interlocked.Add(ref _sent, _burst);
            }
        }

        _socket.Dispose();
    }
}
