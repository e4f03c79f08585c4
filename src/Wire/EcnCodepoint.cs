namespace Culvert.Wire;

/// <summary>The two ECN bits of the traffic class, RFC 3168 §5.</summary>
public enum EcnCodepoint
{
    /// <summary>Not ECN-capable.</summary>
    NotEct = 0,

    /// <summary>ECN-capable, ECT(1); L4S uses it (RFC 9331).</summary>
    Ect1 = 1,

    /// <summary>ECN-capable, ECT(0).</summary>
    Ect0 = 2,

    /// <summary>Congestion experienced.</summary>
    Ce = 3,
}
