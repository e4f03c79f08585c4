using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Culvert.Endpoints.Captures;
using Culvert.Engine.Guarding;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;

namespace Culvert.Engine.Inspection;

/// <summary>
/// A capture of a running pipeline, as pcapng. The loops copy packets into a bounded queue; <see cref="Collect"/>, called again and again by one
/// thread, formats what has come. It follows from one pipeline to the next when the file's pipeline is closed and opened again.
/// </summary>
internal sealed class LiveCapture : IDisposable
{
    private const int MaxSecrets = 4096;

    private readonly CaptureRequest _request;
    private readonly CaptureQueue _queue = new();
    private readonly CaptureEncoder _encoder;
    private readonly List<(LaneDirection Lane, CaptureObserver Observer)> _observers = [];
    private readonly ConcurrentQueue<byte[]> _secrets = new();
    private Pipeline? _pipeline;
    private CaptureClock? _clock;
    private PipelinePlan? _plan;
    private SecretSharing? _sharing;
    private (long Packets, long Skipped) _reported;

    /// <summary>Writes the beginning of the file.</summary>
    /// <param name="request">What is to be captured.</param>
    /// <param name="output">Where the blocks go.</param>
    public LiveCapture(CaptureRequest request, IBufferWriter<byte> output)
    {
        _request = request;
        _encoder = new CaptureEncoder(request, output);
    }

    /// <summary>Whether as many packets were written as were wanted.</summary>
    public bool IsComplete => _encoder.Packets >= _request.Count;

    /// <summary>The stages that did not report their secrets, and why.</summary>
    public IReadOnlyList<string> Problems => _sharing?.Problems ?? [];

    /// <summary>Captures a pipeline from now on; does nothing for the one that is captured already.</summary>
    public void Follow(Pipeline pipeline)
    {
        if (_request.WithSecrets && pipeline.Plan != _plan)
        {
            // The new stages first: no session may begin unseen in between.
            var before = _sharing;
            (_plan, _sharing) = (pipeline.Plan, pipeline.ShareSecrets(Take));
            before?.Dispose();
        }

        if (pipeline == _pipeline)
        {
            return;
        }

        Leave();
        _pipeline = pipeline;
        var time = Time(pipeline);
        _clock = new CaptureClock(time);
        _clock.Update();
        _encoder.Announce(pipeline.Plan, LocalPort(pipeline));
        foreach (var lane in pipeline.Directions)
        {
            var observer = new CaptureObserver(_request, _queue, lane.Direction, () => lane.SourceNode, time.TimestampFrequency);
            _observers.Add((lane, observer));
            ObserverPlaces.Add(lane, observer);
        }
    }

    /// <summary>Writes the packets that have come since the last call.</summary>
    /// <param name="max">The most packets of one call.</param>
    /// <returns>Whether there may be more.</returns>
    public bool Collect(int max)
    {
        if (_clock is not { } clock)
        {
            return false;
        }

        clock.Update();
        WriteSecrets();
        for (var i = 0; i < max; i++)
        {
            if (IsComplete || !_queue.TryTake(out var packet))
            {
                return false;
            }

            // What a packet needs was reported before it left.
            WriteSecrets();
            _encoder.Write(packet, clock);
            _queue.Return(packet);
        }

        return true;
    }

    /// <summary>Writes the totals, if they have changed.</summary>
    public void Report()
    {
        if (_pipeline is { } pipeline && _clock is { } clock && (_encoder.Packets, _queue.Skipped) is var now && now != _reported)
        {
            _reported = now;
            _encoder.WriteStatistics(clock.Nanoseconds(Time(pipeline).GetTimestamp()), now.Skipped);
        }
    }

    /// <summary>Ends the capture; the loops are as fast as before.</summary>
    public void Dispose()
    {
        _sharing?.Dispose();
        Leave();
        while (_secrets.TryDequeue(out var lines))
        {
            CryptographicOperations.ZeroMemory(lines);
        }
    }

    private static TimeProvider Time(Pipeline pipeline) => ((IPipelineHost)pipeline).Time;

    // The endpoint's own answer holds where the system chose the port; one that does not answer is no reason to capture nothing.
    private static int LocalPort(Pipeline pipeline)
    {
        try
        {
            return (((IPipelineHost)pipeline).NetworkEnd is { } end ? StageCalls.FactsOf(end)?.ListenPort : null)
                ?? pipeline.Plan.Stages[^1].Shape.Network?.ListenPort ?? 0;
        }
        catch (PluginException)
        {
            return 0;
        }
    }

    private void Take(byte[] lines)
    {
        if (_secrets.Count < MaxSecrets)
        {
            _secrets.Enqueue(lines);
        }
        else
        {
            CryptographicOperations.ZeroMemory(lines);
        }
    }

    private void WriteSecrets()
    {
        while (_secrets.TryDequeue(out var lines))
        {
            _encoder.WriteSecrets(lines);
            CryptographicOperations.ZeroMemory(lines);
        }
    }

    private void Leave()
    {
        foreach (var (lane, observer) in _observers)
        {
            ObserverPlaces.Remove(lane, observer);
        }

        _observers.Clear();
    }
}
