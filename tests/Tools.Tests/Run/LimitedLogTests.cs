using Culvert.Host.Run;
using Culvert.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Tools.Tests.Run;

public sealed class LimitedLogTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryLogger _written = new();
    private readonly LimitedLog _log;
    private readonly ILogger _logger;

    public LimitedLogTests()
    {
        _log = new LimitedLog(new Only(_written), _time);
        _logger = _log.CreateLogger("encrypt");
    }

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Ten_thousand_peers_write_a_bounded_number_of_lines_and_one_with_the_rest()
    {
        for (var peer = 0; peer < 10_000; peer++)
        {
            Down($"peer {peer}");
        }

        Assert.Equal(LimitedLog.LinesOfEvent, _written.Lines.Count);
        _time.Advance(TimeSpan.FromSeconds(80));
        Assert.Equal(LimitedLog.LinesOfEvent + 1, _written.Lines.Count);
        Assert.Equal("Warning: 9940 more lines of the event peer-down were left out.", _written.Lines[^1]);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(LimitedLog.LinesOfEvent + 1, _written.Lines.Count);
        Down("berlin");
        Assert.Equal("Warning: berlin is down", _written.Lines[^1]);
    }

    [Fact]
    public void One_peer_does_not_hide_the_others()
    {
        for (var i = 0; i < 500; i++)
        {
            Down("flapping");
        }

        Down("berlin");

        Assert.Equal(LimitedLog.LinesOfKey + 1, _written.Lines.Count);
        Assert.Equal("Warning: berlin is down", _written.Lines[^1]);
    }

    [Fact]
    public void Events_have_limits_of_their_own_and_details_have_none()
    {
        for (var i = 0; i < 200; i++)
        {
            Down("berlin");
            _logger.LogDebug(new EventId(2, "Rekeyed"), "{Peer} rekeyed", "berlin");
        }

        _logger.LogInformation(new EventId(3, "PeerUp"), "{Peer} is up", "berlin");
        _log.CreateLogger("udp").LogWarning(new EventId(1, "Refused"), "{Peer} is refused", "berlin");

        Assert.Equal(200, _written.Lines.Count(line => line.StartsWith("Debug", StringComparison.Ordinal)));
        Assert.Equal(["Information: berlin is up", "Warning: berlin is refused"], _written.Lines.TakeLast(2));
    }

    [Fact]
    public void A_slow_stream_of_lines_is_never_cut()
    {
        for (var i = 0; i < 100; i++)
        {
            Down("berlin");
            _time.Advance(TimeSpan.FromSeconds(7));
        }

        Assert.Equal(100, _written.Lines.Count);
    }

    [Fact]
    public void What_was_left_out_is_written_at_the_end()
    {
        for (var i = 0; i < 13; i++)
        {
            Down("berlin");
        }

        _log.Dispose();

        Assert.EndsWith("3 more lines of the event peer-down were left out.", _written.Lines[^1]);
    }

    [Fact]
    public void A_line_keeps_the_parts_of_its_message()
    {
        var parts = new Parts();
        using var log = new LimitedLog(new Only(parts), _time);

        log.CreateLogger("encrypt").LogWarning(new EventId(1, "PeerDown"), "{Peer} is down after {Seconds} s", "berlin", 7);

        Assert.Equal(["Peer=berlin", "Seconds=7", "{OriginalFormat}={Peer} is down after {Seconds} s"], parts.Seen);
    }

    private void Down(string peer) => _logger.LogWarning(new EventId(1, "PeerDown"), "{Peer} is down", peer);

    private sealed class Parts : ILogger
    {
        public List<string> Seen { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Seen.AddRange(((IReadOnlyList<KeyValuePair<string, object?>>)state!).Select(part => $"{part.Key}={part.Value}"));
    }

    private sealed class Only(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
