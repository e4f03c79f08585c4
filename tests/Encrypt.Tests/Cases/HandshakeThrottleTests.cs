using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Encrypt.Tests.Cases;

/// <summary>The data loops' requests for a handshake.</summary>
public sealed class HandshakeThrottleTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestStageContext _context;
    private readonly FakeHost _host;
    private readonly LocalEnd _local;
    private readonly HandshakeThrottle _throttle;
    private int _begun;

    public HandshakeThrottleTests()
    {
        _context = new TestStageContext(_time);
        _host = new FakeHost(_context);
        _local = new LocalEnd(_host, FakeHost.Cipher, X25519Key.Generate(), TimeSpan.FromSeconds(120));
        _throttle = new HandshakeThrottle(_local, () => _begun++);
    }

    [Fact]
    public void One_request_is_under_way_at_a_time_and_none_for_5_s_after_a_handshake_began()
    {
        Request();
        Request();
        Assert.Equal(1, _begun);

        _throttle.Taken();
        _throttle.Close(_time.GetTimestamp());
        Advance(4.9);
        Request();
        Assert.Equal(1, _begun);

        Advance(0.1);
        Request();
        Assert.Equal(2, _begun);
    }

    [Fact]
    public void A_post_that_the_host_refuses_does_not_end_all_requests()
    {
        _host.RefusesPosts = true;
        Request();
        _host.RefusesPosts = false;

        Request();

        Assert.Equal(1, _begun);
    }

    public void Dispose()
    {
        _local.Dispose();
        _context.Dispose();
    }

    private void Request()
    {
        _throttle.Request(_time.GetTimestamp());
        _context.RunService();
    }

    private void Advance(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
