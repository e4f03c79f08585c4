using System.Buffers;
using Culvert.Engine.Guarding;
using Culvert.Engine.Running;

namespace Culvert.Engine.Inspection;

/// <summary>
/// A capture of a running pipeline, as pcapng. The loops copy packets into a bounded queue; <see cref="Collect"/>, called again and again by one
/// thread, formats what has come. It follows from one pipeline to the next when the file's pipeline is closed and opened again.
/// </summary>
internal sealed class LiveCapture : IDisposable
{
    private readonly CaptureRequest _request;
    private readonly CaptureQueue _queue = new();
    private readonly CaptureEncoder _encoder;
    private readonly List<(LaneDirection Lane, CaptureObserver Observer)> _observers = [];
    private Pipeline? _pipeline;
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

    /// <summary>Captures a pipeline from now on; does nothing for the one that is captured already.</summary>
    public void Follow(Pipeline pipeline)
    {
        if (pipeline == _pipeline)
        {
            return;
        }

        Leave();
        _pipeline = pipeline;
        var time = Time(pipeline);
        _encoder.SetClock(time);
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
        if (_pipeline is not { } pipeline)
        {
            return false;
        }

        var time = Time(pipeline);
        _encoder.SetClock(time);
        for (var i = 0; i < max; i++)
        {
            if (IsComplete || !_queue.TryTake(out var packet))
            {
                return false;
            }

            _encoder.Write(packet, time);
            _queue.Return(packet);
        }

        return true;
    }

    /// <summary>Writes the totals, if they have changed.</summary>
    public void Report()
    {
        if (_pipeline is { } pipeline && (_encoder.Packets, _queue.Skipped) is var now && now != _reported)
        {
            _reported = now;
            _encoder.WriteStatistics(Time(pipeline), now.Skipped);
        }
    }

    /// <summary>Ends the capture; the loops are as fast as before.</summary>
    public void Dispose() => Leave();

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

    private void Leave()
    {
        foreach (var (lane, observer) in _observers)
        {
            ObserverPlaces.Remove(lane, observer);
        }

        _observers.Clear();
    }
}
