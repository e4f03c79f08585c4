using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Plugins.Tun.Linux;
using Culvert.Testing;

namespace Tun.Linux.Tests;

/// <summary>
/// Carries packets between the devices of two sites, as a pipeline without stages would: what one host sends, the other receives.
/// </summary>
internal sealed class TunBridge : IDisposable
{
    private readonly PollWait[] _waits;
    private readonly Thread[] _threads;
    private readonly Action<PacketBatch>? _look;
    private readonly List<Exception> _failures = [];
    private volatile bool _stopping;
    private long _carried;
    private long _allocated;

    /// <summary>Starts to carry.</summary>
    /// <param name="left">One site.</param>
    /// <param name="right">The other, with as many lanes.</param>
    /// <param name="look">Sees each batch on its way, on two threads for each lane.</param>
    public TunBridge(TunSite left, TunSite right, Action<PacketBatch>? look = null)
    {
        _look = look;
        (TunStage From, TunStage To, TunSite Site)[] ways =
        [
            .. left.Stages.Zip(right.Stages, (from, to) => (from, to, left)), .. right.Stages.Zip(left.Stages, (from, to) => (from, to, right)),
        ];
        _waits = [.. ways.Select(way => new PollWait(way.From.Descriptor!.Value))];
        _threads = [.. ways.Zip(_waits, (way, wait) => new Thread(() => Carry(wait, way.From, way.To, way.Site.Batch(Direction.Outbound))))];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>What the threads threw.</summary>
    public IReadOnlyList<Exception> Failures
    {
        get { lock (_failures) { return [.. _failures]; } }
    }

    /// <summary>Begins to count what the threads allocate.</summary>
    public void Measure() => Interlocked.Exchange(ref _allocated, 0);

    /// <summary>Bytes that all threads have allocated since, up to their latest batch.</summary>
    public long AllocatedSinceMeasure()
    {
        Assert.True(Interlocked.Read(ref _carried) > 1000);
        return Interlocked.Read(ref _allocated);
    }

    public void Dispose()
    {
        _stopping = true;
        foreach (var wait in _waits)
        {
            wait.Wake();
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }

        foreach (var wait in _waits)
        {
            wait.Dispose();
        }
    }

    private void Carry(PollWait wait, TunStage from, TunStage to, TestBatch batch)
    {
        try
        {
            while (!_stopping)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                batch.Clear();
                wait.Wait();
                from.Receive(batch.Filler);
                Interlocked.Add(ref _carried, batch.Batch.Count);
                _look?.Invoke(batch.Batch);
                to.Inbound(batch.Batch);
                Interlocked.Add(ref _allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            }
        }
        catch (Exception error)
        {
            lock (_failures)
            {
                _failures.Add(error);
            }
        }
    }
}
