using System.Text.Json.Nodes;
using Culvert.Host.Doctor;
using Culvert.Host.Output;
using Culvert.Tools.Views;

namespace Culvert.Host.Page;

/// <summary>
/// Reads the status for all browsers together, and seldom enough that it takes about a fiftieth of a processor at most: with 10,000 peers a status is
/// large. Thread-safe.
/// </summary>
/// <param name="getStatus">Returns the status, as the control socket does.</param>
/// <param name="time">The clock.</param>
internal sealed class PageFeed(Func<JsonObject> getStatus, TimeProvider time)
{
    /// <summary>The most looks in the graph.</summary>
    public const int MaxHistory = 120;

    private const int Share = 50;

    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxInterval = TimeSpan.FromSeconds(30);

    // A view that nobody has looked at for this long says nothing of now.
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Queue<(double Outbound, double Inbound)> _history = new();
    private PipelineView? _before;
    private PageLook? _look;
    private TimeSpan _interval = MinInterval;
    private long _at;

    /// <summary>Returns the latest look at the pipeline; a new one once the interval that it states has passed.</summary>
    public PageLook Get()
    {
        lock (_gate)
        {
            var began = time.GetTimestamp();
            var age = _look is null ? TimeSpan.MaxValue : time.GetElapsedTime(_at, began);
            if (_look is not null && age < _interval)
            {
                return _look;
            }

            var view = HealthView.Read(getStatus(), age > LongestGap ? null : _before);
            Remember(view);
            var text = StatusText.Render(view);
            // The first status compiles the code that writes it, which says nothing of the next.
            var wanted = age > LongestGap ? MinInterval : time.GetElapsedTime(began) * Share;
            _interval = wanted < MinInterval ? MinInterval : wanted > MaxInterval ? MaxInterval : wanted;
            (_at, _before) = (began, view.WithoutSources());
            return _look = new PageLook(PageJson.Write(view, _interval, _history).ToJsonString(), text);
        }
    }

    private void Remember(PipelineView view)
    {
        if (view.Stages is not [{ Outbound.BitsPerSecond: { } outbound, Inbound.BitsPerSecond: { } inbound }, ..])
        {
            _history.Clear();
            return;
        }

        _history.Enqueue((outbound, inbound));
        if (_history.Count > MaxHistory)
        {
            _history.Dequeue();
        }
    }
}

/// <summary>A look at the pipeline, ready to be sent.</summary>
/// <param name="Json">For the page's script.</param>
/// <param name="Text">For browsers without scripts.</param>
internal sealed record PageLook(string Json, string Text);
