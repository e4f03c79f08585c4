using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Microsoft.Extensions.Time.Testing;

namespace Encrypt.Tests.Cases;

/// <summary>The data loops' requests for a handshake.</summary>
public sealed class HandshakeThrottleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HandshakeThrottle _throttle;
    private int _posts;

    public HandshakeThrottleTests() => _throttle = new HandshakeThrottle(new Clock(_time, Random.Shared));

    [Fact]
    public void One_request_is_under_way_at_a_time_and_none_for_5_s_after_a_handshake_began()
    {
        Request();
        Request();
        Assert.Equal(1, _posts);

        _throttle.Taken();
        _throttle.Close(_time.GetTimestamp());
        Advance(4.9);
        Request();
        Assert.Equal(1, _posts);

        Advance(0.1);
        Request();
        Assert.Equal(2, _posts);
    }

    [Fact]
    public void A_post_that_the_host_refuses_does_not_end_all_requests()
    {
        Assert.Throws<InvalidOperationException>(
            () => _throttle.Request(_time.GetTimestamp(), () => throw new InvalidOperationException("too many posts")));

        Request();

        Assert.Equal(1, _posts);
    }

    private void Request() => _throttle.Request(_time.GetTimestamp(), () => _posts++);

    private void Advance(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
