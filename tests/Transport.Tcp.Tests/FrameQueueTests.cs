using CsCheck;
using Culvert.Plugins.Transport.Tcp;

namespace Transport.Tcp.Tests;

/// <summary>The queue beside a model that is a list of bytes.</summary>
public sealed class FrameQueueTests
{
    [Fact]
    public void The_queue_is_a_list_of_frames_for_any_order_of_calls() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[0, 80]).List[1, 200].Sample(steps =>
        {
            var queue = new FrameQueue(200);
            var model = new List<byte>();
            var starts = new List<int>();
            foreach (var (size, sent) in steps)
            {
                var datagram = Frames.Bytes(size);
                if (queue.TryAdd(datagram))
                {
                    starts.Add(model.Count);
                    model.AddRange(Frames.Of(datagram));
                }
                else if (model.Count + size + 2 <= 200)
                {
                    return false;
                }

                var next = queue.Next[..Math.Min(sent, queue.Next.Length)].ToArray();
                queue.Sent(next.Length);
                if (!model.Take(next.Length).SequenceEqual(next))
                {
                    return false;
                }

                model.RemoveRange(0, next.Length);
                starts = [.. starts.Select(start => start - next.Length)];
                if (queue.Length != model.Count)
                {
                    return false;
                }
            }

            // A frame is lost when one byte of it or more was not sent.
            var ends = starts.Skip(1).Append(model.Count);
            return queue.Clear() == ends.Count(end => end > 0) && queue.Length == 0;
        });

    [Fact]
    public void What_does_not_fit_is_refused_whole()
    {
        var queue = new FrameQueue(10);
        Assert.False(queue.TryAdd(new byte[9]));
        Assert.Equal(0, queue.Length);
        Assert.True(queue.TryAdd(new byte[8]));
        Assert.False(queue.TryAdd([]));
    }
}
