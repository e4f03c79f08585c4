using BenchmarkDotNet.Attributes;
using Culvert.Plugins.Transport.Tcp;

namespace Culvert.Benchmarks;

/// <summary>What <c>tcp</c> adds to its system calls for one full-sized datagram: queued behind its length, and forgotten when it is sent.</summary>
[MemoryDiagnoser]
public class FrameQueueBenchmarks
{
    private const int Datagrams = 64;

    private readonly FrameQueue _queue = new(256 * 1024);
    private readonly byte[] _datagram = new byte[1472];

    [Benchmark(OperationsPerInvoke = Datagrams)]
    public void QueueAndSend()
    {
        for (var i = 0; i < Datagrams; i++)
        {
            _queue.TryAdd(_datagram);
        }

        _queue.Sent(_queue.Length);
    }

    [Benchmark(OperationsPerInvoke = Datagrams)]
    public void QueueAndSendInParts()
    {
        for (var i = 0; i < Datagrams; i++)
        {
            _queue.TryAdd(_datagram);
        }

        while (_queue.Length > 0)
        {
            _queue.Sent(Math.Min(30_000, _queue.Next.Length));
        }
    }
}
