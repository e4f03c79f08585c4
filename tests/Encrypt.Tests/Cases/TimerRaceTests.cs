using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Stages;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>
/// A data loop sets a deadline while the timer expires. Without a full fence on both sides each may miss what the other wrote, as processors put
/// stores off behind loads, and nothing would come of the deadline.
/// </summary>
public sealed class TimerRaceTests : IDisposable
{
    private const int Rounds = 100_000;

    private readonly TestStageContext _context = new(TimeProvider.System);
    private readonly LocalEnd _local;
    private readonly PeerTimers _timers;
    private FlagTimer _timer = null!;
    private int _begun;
    private int _expired;

    public TimerRaceTests()
    {
        var host = new FakeHost(_context) { MakeTimer = callback => _timer = new FlagTimer(callback) };
        _local = new LocalEnd(host, FakeHost.Cipher, X25519Key.Generate(), TimeSpan.FromSeconds(120));
        // No deadline is due here: the peer is not used.
        _timers = new PeerTimers(_local, peer: null!);
    }

    [Fact]
    public void A_deadline_that_is_set_while_the_timer_expires_is_not_lost()
    {
        var second = _local.Clock.Ticks(TimeSpan.FromSeconds(1));
        var now = _local.Clock.Now;
        _timers.DataSent(now);
        var service = new Thread(Expire) { IsBackground = true };
        service.Start();
        for (var round = 1; round <= Rounds; round++)
        {
            // Set for a deadline that was taken back: it expires in vain.
            _timers.AuthenticatedReceived(now);
            now += second;
            Volatile.Write(ref _begun, round);
            Thread.SpinWait(round % 32);
            _timers.DataSent(now);
            WaitFor(ref _expired, round);
            if (!_timer.IsSet)
            {
                Volatile.Write(ref _begun, int.MaxValue);
                Assert.Fail($"The deadline of round {round} was lost.");
            }
        }

        Assert.True(service.Join(TimeSpan.FromSeconds(30)));
    }

    public void Dispose()
    {
        _timers.Dispose();
        _local.Dispose();
        _context.Dispose();
    }

    private void Expire()
    {
        for (var round = 1; round <= Rounds; round++)
        {
            WaitFor(ref _begun, round);
            _timer.Expire();
            Volatile.Write(ref _expired, round);
        }
    }

    private static void WaitFor(ref int counter, int value)
    {
        // Yields the processor where there is only one.
        var wait = default(SpinWait);
        while (Volatile.Read(ref counter) < value)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    private sealed class FlagTimer(Action callback) : StageTimer
    {
        private volatile bool _isSet;

        public bool IsSet => _isSet;

        public override void Schedule(TimeSpan due) => _isSet = true;

        public override void Cancel() => _isSet = false;

        public void Expire()
        {
            _isSet = false;
            callback();
        }
    }
}
