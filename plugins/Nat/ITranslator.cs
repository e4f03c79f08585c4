using Culvert.Wire;

namespace Culvert.Plugins.Nat;

/// <summary>Translates packets in place. Any thread may use it.</summary>
internal interface ITranslator
{
    /// <summary>Translates a packet from this side to the others.</summary>
    /// <param name="ip">The packet, not truncated.</param>
    /// <param name="now">The batch's time.</param>
    NatVerdict Outbound(in IpView ip, long now);

    /// <summary>Translates a packet from another site to this side.</summary>
    /// <inheritdoc cref="Outbound"/>
    NatVerdict Inbound(in IpView ip, long now);
}
