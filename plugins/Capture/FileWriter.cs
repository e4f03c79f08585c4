using System.Buffers;
using Culvert.Algorithms;
using Culvert.Counters;
using Culvert.Endpoints.Captures;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Plugins.Capture;

/// <summary>
/// Writes copies of packets into the ring, on a thread of its own. Where packets come from a file it writes nothing. <see cref="TryAdd"/> may be called from any thread.
/// </summary>
internal sealed class FileWriter : IDisposable
{
    private const int MaxWrite = 1 << 17;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _retry = TimeSpan.FromSeconds(10);

    private readonly CaptureOptions _options;
    private readonly IStageContext _context;
    private readonly TokenBucket _rate;
    private readonly CopyQueue? _queue;
    private readonly Counter _lost;
    private readonly CaptureClock _clock;
    private readonly ManualResetEventSlim _end = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread? _thread;
    private long _matched;
    private long _skipped;
    private int _isAwake;

    public FileWriter(CaptureOptions options, IStageContext context)
    {
        (_options, _context) = (options, context);
        _rate = new TokenBucket(context.Time, options.Rate, options.Rate);
        _lost = Lost(context.Counters);
        _clock = new CaptureClock(context.Time);
        if (!context.IsOffline)
        {
            _queue = new CopyQueue(options.SnapLength);
            _thread = new Thread(Run) { IsBackground = true, Name = $"capture {context.Id}" };
            _thread.Start();
        }
    }

    /// <summary>The counter of packets that could not be written.</summary>
    public static Counter Lost(CounterSet counters) => counters.Create("lost", "packets", "Copied packets that could not be written: see the log.");

    /// <summary>Copies a packet, if the rate and the queue allow.</summary>
    public bool TryAdd(ReadOnlySpan<byte> packet, Direction direction, long timestamp)
    {
        Interlocked.Increment(ref _matched);
        if (!_rate.TryTake(1, timestamp) || (_queue is not null && !TryCopy(_queue, packet, direction, timestamp)))
        {
            Interlocked.Increment(ref _skipped);
            return false;
        }

        return true;
    }

    /// <summary>Writes what waits and closes the file.</summary>
    public void Dispose()
    {
        _end.Set();
        _wake.Release();
        _thread?.Join();
        _end.Dispose();
        _wake.Dispose();
    }

    private bool TryCopy(CopyQueue queue, ReadOnlySpan<byte> packet, Direction direction, long timestamp)
    {
        if (queue.Rent() is not { } copy)
        {
            return false;
        }

        copy.Set(packet, _options.SnapLength, direction, timestamp);
        queue.Add(copy);
        if (Interlocked.Exchange(ref _isAwake, 1) == 0)
        {
            // Once for all packets of a pause.
            _wake.Release();
        }

        return true;
    }

    private void Run()
    {
        while (!_end.IsSet)
        {
            try
            {
                WriteFiles();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                CaptureLog.Failed(_context.Logger, _options.File.Text, error.Message);
                Discard();
                _end.Wait(_retry);
            }
        }

        // What came after the last attempt.
        Discard();
    }

    private void WriteFiles()
    {
        var output = new ArrayBufferWriter<byte>();
        var blocks = new PcapNgBlocks(output);
        blocks.WriteSection();
        var place = blocks.WriteInterface(_context.Id, $"packets at {_context.Id}", snapLength: _options.SnapLength);
        using var files = CaptureFiles.ToRing(_options.File.Full, _options.Ring, isSecret: true);
        var written = 0L;
        var isEnding = false;
        while (!isEnding)
        {
            _wake.Wait();
            // A packet that comes from now on wakes again. What came until the end is written.
            Volatile.Write(ref _isAwake, 0);
            isEnding = _end.Wait(_pause);
            _clock.Update();
            while (_queue!.TryTake(out var copy))
            {
                blocks.WritePacket(
                    place, _clock.Nanoseconds(copy.Timestamp), [], copy.Data, copy.OriginalLength, comment: null, copy.Direction);
                _queue.Return(copy);
                written++;
                Flush(files, output, MaxWrite);
            }

            blocks.WriteStatistics(
                place, _clock.Nanoseconds(_context.Time.GetTimestamp()), written, Interlocked.Read(ref _skipped), Interlocked.Read(ref _matched));
            Flush(files, output, 1);
            files.Flush();
        }
    }

    private static void Flush(CaptureFiles files, ArrayBufferWriter<byte> output, int least)
    {
        if (output.WrittenCount >= least)
        {
            files.Write(output.WrittenSpan);
            output.ResetWrittenCount();
        }
    }

    private void Discard()
    {
        while (_queue!.TryTake(out var copy))
        {
            _lost.Increment();
            _queue.Return(copy);
        }
    }
}
