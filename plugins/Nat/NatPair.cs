using System.Net;

namespace Culvert.Plugins.Nat;

/// <summary>A prefix of this side and the one of the same length that the other sites see instead.</summary>
/// <param name="Own">The prefix of this side.</param>
/// <param name="Seen">The prefix that the other sites see.</param>
public sealed record NatPair(IPNetwork Own, IPNetwork Seen);
