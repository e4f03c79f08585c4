using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>The system's clock is set while a tunnel is up: sessions do not depend on it, and a later handshake gets through.</summary>
public sealed class ClockTests
{
    private static readonly byte[] _there = Inner.Packet("10.0.0.1", "10.0.0.2");
    private static readonly byte[] _back = Inner.Packet("10.0.0.2", "10.0.0.1");

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(-3650)]
    public void Traffic_goes_on_when_the_clock_jumps(int days)
    {
        using var pair = new TunnelPair().Connect();
        pair.Time.Jumped = TimeSpan.FromDays(days);
        pair.Send(pair.Left, _there);
        pair.Send(pair.Right, _back);
        Assert.Equal((1, 2), (pair.Left.Delivered.Count, pair.Right.Delivered.Count));

        // Past the age at which a keypair carries nothing more, with traffic both ways all the time.
        for (var second = 0; second < 400; second++)
        {
            pair.Wait(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            pair.Send(pair.Left, _there);
            pair.Send(pair.Right, _back);
        }

        var (left, right) = (pair.Left.Delivered.Count, pair.Right.Delivered.Count);
        pair.Send(pair.Left, _there);
        pair.Send(pair.Right, _back);
        Assert.Equal((left + 1, right + 1), (pair.Left.Delivered.Count, pair.Right.Delivered.Count));
        Assert.True(left > 350 && right > 350, $"{left} and {right} of 400 arrived");
    }
}
