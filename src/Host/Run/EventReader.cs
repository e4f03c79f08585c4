using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Host.Run;

/// <summary>
/// The events for one client, a line of JSON each. A client that is too slow loses events, and reads how many in their place. Its members
/// may be used from any thread; one task reads.
/// </summary>
internal sealed class EventReader : IDisposable
{
    /// <summary>How many events may wait for the client beside those it is sent first.</summary>
    public const int Waiting = 256;

    /// <summary>The longest message, field or exception of an event, in characters: what a client may make the process keep is bounded.</summary>
    public const int LongestText = 2000;

    private static readonly EventId _lostEvent = new(61, "EventsLost");

    private readonly Lock _gate = new();
    private readonly IReadOnlyList<string> _first;
    private readonly Action<EventReader> _close;
    private readonly Channel<string> _waiting = Channel.CreateBounded<string>(Waiting);
    private int _lost;

    /// <param name="first">What happened before.</param>
    /// <param name="close">Called when the client has left.</param>
    public EventReader(IReadOnlyList<string> first, Action<EventReader> close) => (_first, _close) = (first, close);

    /// <summary>The events before this reader was opened, oldest first.</summary>
    public IReadOnlyList<string> First => _first;

    /// <summary>Adds an event, unless too many wait.</summary>
    public void Offer(string line)
    {
        lock (_gate)
        {
            if (_lost > 0 && _waiting.Writer.TryWrite(LostLine(_lost)))
            {
                _lost = 0;
            }

            if (_lost > 0 || !_waiting.Writer.TryWrite(line))
            {
                _lost++;
            }
        }
    }

    /// <summary>Returns the events from now on as they happen, until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async IAsyncEnumerable<string> FollowAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        while (await _waiting.Reader.WaitToReadAsync(cancel))
        {
            while (_waiting.Reader.TryRead(out var line))
            {
                yield return line;
            }

            if (TakeLost() is > 0 and var lost)
            {
                yield return LostLine(lost);
            }
        }
    }

    public void Dispose() => _close(this);

    private int TakeLost()
    {
        lock (_gate)
        {
            var lost = _lost;
            _lost = 0;
            return lost;
        }
    }

    private static string LostLine(int count) => LogObjects.Line(
        new LogEntry<KeyValuePair<string, object?>[]>(
            LogLevel.Warning, "culvert", _lostEvent, [new("Count", count)], null,
            (_, _) => $"{count} events were not sent to this client, which reads too slowly."),
        LongestText);
}
