namespace Plugins.Tests.Kernel;

/// <summary>A router that filters with nftables and conntrack.</summary>
internal sealed class KernelFilter : IDisposable
{
    public const string Inside = "10.0.0.";
    public const string Outside = "10.9.0.";

    private readonly KernelRouter _router = new(Inside, Outside);

    /// <param name="rules">What passes besides known flows, as nft statements.</param>
    public KernelFilter(params string[] rules)
    {
        _router.Nft("add table inet filter");
        _router.Nft("add chain inet filter forward { type filter hook forward priority filter; policy drop; }");
        foreach (var rule in (string[])["udp dport 9 accept", "ct state invalid drop", "ct state established,related accept", .. rules])
        {
            _router.Nft($"add rule inet filter forward {rule}");
        }

        _router.HoldTime();
    }

    /// <summary>Sends a packet through the kernel.</summary>
    /// <returns>Whether it came out at the other side.</returns>
    public bool Passes(byte[] packet, bool isOutbound) => _router.Forward(packet, isOutbound) is not null;

    public void Dispose() => _router.Dispose();
}
