namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// The super-packets that the kernel takes, for all lanes: what one lane finds refused, no lane tries again, and the status shows. Thread-safe.
/// </summary>
/// <param name="offload">What was negotiated.</param>
internal sealed class OffloadInForce(TunOffload offload)
{
    private const int Tcp = 1;
    private const int Udp = 2;

    private int _bits = (offload.Tcp ? Tcp : 0) | (offload.Udp ? Udp : 0);

    /// <summary>What is exchanged now.</summary>
    public TunOffload Current
    {
        get
        {
            var bits = Volatile.Read(ref _bits);
            return new TunOffload((bits & Tcp) != 0, (bits & Udp) != 0);
        }
    }

    /// <summary>Turns one protocol off.</summary>
    /// <returns>Whether it was on: true once.</returns>
    public bool TurnOff(bool tcp)
    {
        var bit = tcp ? Tcp : Udp;
        return (Interlocked.And(ref _bits, ~bit) & bit) != 0;
    }
}
