using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>
/// Initiations whose mac1 is right, from many sources, as fast as one thread can send them, until disposed: what an attacker can do who
/// knows a public key. Sockets are opened in a namespace of the test's own.
/// </summary>
internal sealed class HandshakeFlood : IDisposable
{
    private const int Sources = 64;
    private const int Messages = 64;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    private readonly Thread _thread;
    private volatile bool _stopped;
    private long _sent;

    private HandshakeFlood(Socket[] sockets, byte[][] messages)
    {
        _thread = new Thread(() => Run(sockets, messages)) { IsBackground = true, Name = "flood" };
        _thread.Start();
    }

    /// <summary>How many were sent so far.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Begins to send.</summary>
    /// <param name="from">Where the sources are; each has an address of 198.51.100.0/24 there.</param>
    /// <param name="target">Whom to flood.</param>
    /// <param name="publicKey">The target's public key.</param>
    public static HandshakeFlood Start(NetworkNamespace from, IPEndPoint target, string publicKey)
    {
        for (var i = 1; i <= Sources; i++)
        {
            from.Run($"ip addr add 198.51.100.{i}/24 dev eth0");
        }

        var sockets = from.Invoke(() => Enumerable.Range(1, Sources).Select(i => Open(i, target)).ToArray());
        return new HandshakeFlood(sockets, MakeMessages(Convert.FromBase64String(publicKey)));
    }

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
    }

    private static Socket Open(int source, IPEndPoint target)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse($"198.51.100.{source}"), 0));
        socket.Connect(target);
        return socket;
    }

    private static byte[][] MakeMessages(byte[] publicKey)
    {
        var mac1Key = new byte[Blake2s.HashSize];
        MacLabels.Mac1Key(mac1Key, publicKey);
        var layout = new MessageLayout(CipherSuite.Wireguard.TagSize);
        var messages = new byte[Messages][];
        for (var i = 0; i < Messages; i++)
        {
            var message = RandomNumberGenerator.GetBytes(layout.InitiationSize);
            layout.StartInitiation(message, (uint)i);
            Blake2s.Mac(message.AsSpan(^32..^16), mac1Key, message.AsSpan(0, message.Length - 32));
            messages[i] = message;
        }

        return messages;
    }

    private void Run(Socket[] sockets, byte[][] messages)
    {
        var limit = Stopwatch.StartNew();
        for (var i = 0; !_stopped && limit.Elapsed < Longest; i++)
        {
            try
            {
                sockets[i % sockets.Length].Send(messages[i / sockets.Length % messages.Length]);
                Interlocked.Increment(ref _sent);
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
