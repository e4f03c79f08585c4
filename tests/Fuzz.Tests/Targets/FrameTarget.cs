using System.Buffers.Binary;
using System.Net.Sockets;
using Culvert.Packets;
using Culvert.Plugins.Transport.Tcp;
using Fuzz.Tests.Engine;
using Transport.Tcp.Tests;

namespace Fuzz.Tests.Targets;

/// <summary>
/// A stream of a stranger, in pieces: the datagrams are those that a plain reader finds in it, as far as the first length that is too long. The queue
/// of the other direction gives them back in pieces of any size.
/// </summary>
internal sealed class FrameTarget : FuzzTarget
{
    private const int Largest = 1472;

    private readonly TcpEnd _end = new(TcpEnd.Listening, new PacketRoom(0, Largest, 0));

    public override IEnumerable<byte[]> Seeds => [[3, 0, 4, 1, 2, 3, 4, 0, 0, 0, 1, 9], [1, 0, 1, 7, 5, 0xC0, 0], [200, 5, 0xBF, .. new byte[1471]], [2, 0xFF, 0xFF], [9]];

    public override int MaxLength => 4000;

    public override void Run(byte[] input)
    {
        if (input.Length < 2)
        {
            return;
        }

        var expected = Frames(input.AsSpan(1), out var isWrong);
        Queue(expected, input[0]);
        Stream(input, expected, isWrong);
    }

    public override void Dispose() => _end.Dispose();

    private void Stream(byte[] input, List<byte[]> expected, bool isWrong)
    {
        // The endpoint accepts a number of connections a second.
        _end.Pass(TimeSpan.FromSeconds(1));
        using var socket = _end.Dial();
        // What is closed hard leaves no port behind that waits.
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        var before = _end.Context.Count("bad-length");
        var received = new List<(byte[] Data, DatagramEndpoint From)>();
        try
        {
            foreach (var piece in input.Skip(1).Chunk(1 + Math.Max((int)input[0], input.Length / 8)))
            {
                socket.Send(piece);
                _end.Round(received);
            }
        }
        catch (SocketException)
        {
            Assert.True(isWrong, "a valid stream was cut");
        }

        _end.Until(() => received.Count >= expected.Count && _end.Context.Count("bad-length") - before == (isWrong ? 1 : 0), received);
        Assert.Equal(expected, received.Select(one => one.Data));
    }

    private static List<byte[]> Frames(ReadOnlySpan<byte> stream, out bool isWrong)
    {
        var frames = new List<byte[]>();
        isWrong = false;
        while (stream.Length >= 2)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(stream);
            isWrong = length > Largest;
            if (isWrong || stream.Length < 2 + length)
            {
                break;
            }

            frames.Add(stream.Slice(2, length).ToArray());
            stream = stream[(2 + length)..];
        }

        return frames;
    }

    private static void Queue(List<byte[]> frames, int piece)
    {
        var queue = new FrameQueue(4096);
        var sent = new List<byte>();
        var taken = new List<byte>();
        foreach (var frame in frames)
        {
            while (!queue.TryAdd(frame))
            {
                Assert.NotEqual(0, queue.Length);
                Take(queue, piece, sent);
            }

            taken.AddRange([(byte)(frame.Length >> 8), (byte)frame.Length, .. frame]);
        }

        Take(queue, piece, sent);
        var left = queue.Length;
        var whole = queue.Clear();
        Assert.True(taken.Take(taken.Count - left).SequenceEqual(sent), "the queue gave other bytes than it took");
        Assert.Equal(left > 0, whole > 0);
    }

    private static void Take(FrameQueue queue, int piece, List<byte> sent)
    {
        var next = queue.Next[..Math.Min(queue.Next.Length, Math.Max(piece, 1))];
        sent.AddRange(next);
        queue.Sent(next.Length);
    }
}
