namespace EndToEnd.Tests;

/// <summary>A site begins anew while the other one still has the session of before.</summary>
public sealed class FirstReplyTests : IDisposable
{
    private const int Restarts = 4;

    private readonly TwoSites _sites = TwoSites.Start();

    [Fact]
    public void The_first_ping_after_each_restart_is_answered()
    {
        var answered = 0;
        for (var i = 0; i < Restarts; i++)
        {
            _sites.Left.Signal("TERM");
            _sites.Left.WaitForExit();
            _sites.Left.Dispose();
            _sites.StartLeft();
            _sites.WaitForDevices();
            answered += _sites.Ping(seconds: 10) ? 1 : 0;
        }

        Assert.Equal(Restarts, answered);
    }

    public void Dispose() => _sites.Dispose();
}
