using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>
/// The same initiations, right and wrong, to this end and to wireguard-go under one identity: both answer the same ones. Every round has peers of its
/// own, so that no message depends on another but where a peer sends again. CULVERT_FUZZ_SECONDS says for how long.
/// </summary>
public sealed class HandshakeDifferentialTests(ITestOutputHelper output) : IDisposable
{
    // All of a round's messages waiting at once are fewer than what either end takes for a flood (128).
    private const int Peers = 96;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    // More than what both ends wait between two initiations of one peer.
    private static readonly TimeSpan _betweenMessages = TimeSpan.FromMilliseconds(100);

    private readonly WireGuardLink _link = new();
    private readonly Random _random = new();
    private readonly byte[] _private = RandomNumberGenerator.GetBytes(X25519Key.Size);
    private uint _lastSender;

    [Fact]
    public void Both_answer_the_same_initiations()
    {
        using var ours = _link.Culvert();
        using var theirs = _link.WireGuardGo();
        ours.Start();
        theirs.Start();
        Identify(ours);
        Identify(theirs);
        using var toOurs = new Judge(_link.Theirs, new IPEndPoint(IPAddress.Parse("192.0.2.1"), WireGuardLink.Port));
        using var toTheirs = new Judge(_link.Ours, new IPEndPoint(IPAddress.Parse("192.0.2.2"), WireGuardLink.Port));
        var (sent, accepted) = (0, 0);
        var clock = Stopwatch.StartNew();
        do
        {
            var (messages, answered) = Round([(ours, toOurs), (theirs, toTheirs)]);
            (sent, accepted) = (sent + messages, accepted + answered);
        }
        while (clock.Elapsed < Time());

        output.WriteLine($"{sent} initiations in {clock.Elapsed.TotalSeconds:0} s, {accepted} answered, by both ends");
        Assert.InRange(accepted, sent / 10, sent * 9 / 10);
    }

    public void Dispose() => _link.Dispose();

    private static TimeSpan Time() => TimeSpan.FromSeconds(
        double.TryParse(Environment.GetEnvironmentVariable("CULVERT_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 0);

    private void Identify(Site site)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, Convert.ToBase64String(_private));
        site.Space.Run($"wg set {site.Device} private-key {file}");
        File.Delete(file);
    }

    private (int Sent, int Answered) Round((Site Site, Judge Judge)[] ends)
    {
        using var identity = X25519Key.Import(_private);
        var peers = Enumerable.Range(0, Peers).Select(_ => new HandshakeVariants(identity.PublicKey.ToArray())).ToArray();
        Configure(ends, peers, "");
        var messages = new Dictionary<uint, byte[]>();
        SendAll(ends, messages, [.. peers[1..].Select(peer => peer.Changed(++_lastSender, 1000, _random)), peers[0].Valid(++_lastSender, 1)]);
        Agree(ends, messages);

        // Again from the same peers: recorded, older, of the same time, newer.
        Thread.Sleep(_betweenMessages);
        SendAll(ends, messages, [.. peers[1..].Select(peer => peer.Changed(++_lastSender, 999 + (ulong)_random.Next(3), _random)), peers[0].Valid(++_lastSender, 2)]);
        var answered = Agree(ends, messages);
        Configure(ends, peers, "remove");
        Array.ForEach(peers, peer => peer.Dispose());
        return (messages.Count, answered);
    }

    private static void Configure((Site Site, Judge Judge)[] ends, HandshakeVariants[] peers, string what)
    {
        foreach (var (site, _) in ends)
        {
            site.Space.Run($"wg set {site.Device} {string.Join(' ', peers.Select(peer => $"peer {peer.PublicKey} {what}"))}");
        }
    }

    private static void SendAll((Site Site, Judge Judge)[] ends, Dictionary<uint, byte[]> messages, byte[][] all)
    {
        foreach (var message in all)
        {
            messages.Add(Judge.SenderOf(message), message);
            foreach (var (_, judge) in ends)
            {
                judge.Send(message);
            }
        }
    }

    /// <summary>Waits until both have answered the last message, which is valid, and the same ones before it, for a while in which nothing more comes.</summary>
    private static int Agree((Site Site, Judge Judge)[] ends, Dictionary<uint, byte[]> messages)
    {
        var limit = Stopwatch.StartNew();
        var (count, since) = (-1, Stopwatch.StartNew());
        while (true)
        {
            var answered = ends.Select(end => end.Judge.Answered.Keys.Where(messages.ContainsKey).ToHashSet()).ToArray();
            if (answered[0].SetEquals(answered[1]) && answered[0].Contains(messages.Keys.Max()))
            {
                if (answered[0].Count != count)
                {
                    (count, since) = (answered[0].Count, Stopwatch.StartNew());
                }
                else if (since.Elapsed > TimeSpan.FromSeconds(0.5))
                {
                    return count;
                }
            }

            if (limit.Elapsed > _patience)
            {
                Assert.True(answered.All(set => set.Contains(messages.Keys.Max())), $"The last message is not answered by both.\n{ends[0].Site.Log}");
                answered[0].SymmetricExceptWith(answered[1]);
                Assert.Fail("The ends disagree about: " + string.Join('\n', answered[0].Select(sender =>
                    $"{Convert.ToHexStringLower(messages[sender])} (ours {(ends[0].Judge.Answered.ContainsKey(sender) ? "answers" : "refuses")})")));
            }

            Thread.Sleep(20);
        }
    }

    /// <summary>Sends to one end and notes which messages are answered with a response.</summary>
    private sealed class Judge : IDisposable
    {
        private const uint Response = 2;
        private readonly Socket _socket;
        private readonly Thread _thread;

        public Judge(NetworkNamespace from, IPEndPoint to)
        {
            _socket = from.Invoke(() =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                socket.Connect(to);
                return socket;
            });
            _thread = new Thread(Listen) { IsBackground = true, Name = "judge" };
            _thread.Start();
        }

        /// <summary>The senders' indexes of the messages that were answered.</summary>
        public ConcurrentDictionary<uint, bool> Answered { get; } = new();

        public static uint SenderOf(byte[] message) => BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(4));

        public void Send(byte[] message)
        {
            try
            {
                _socket.Send(message);
            }
            catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // The answer to an earlier message, to an end that was not up yet.
            }
        }

        public void Dispose()
        {
            _socket.Dispose();
            _thread.Join();
        }

        private void Listen()
        {
            var buffer = new byte[2048];
            while (true)
            {
                try
                {
                    var length = _socket.Receive(buffer);
                    if (length >= 12 && BinaryPrimitives.ReadUInt32LittleEndian(buffer) == Response)
                    {
                        Answered[BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(8))] = true;
                    }
                }
                catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
                {
                    // As above.
                }
                catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
