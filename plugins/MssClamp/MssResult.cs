namespace Culvert.Plugins.MssClamp;

/// <summary>The outcome of the clamp. Each packet has exactly one.</summary>
internal enum MssOutcome
{
    /// <summary>A SYN whose MSS exceeded the limit: lowered.</summary>
    Clamped,

    /// <summary>A SYN whose MSS does not exceed the limit: unchanged.</summary>
    AlreadySmall,

    /// <summary>A SYN that announces no MSS: unchanged.</summary>
    NoMssOption,

    /// <summary>A SYN that announced no MSS and has an option now.</summary>
    Inserted,

    /// <summary>A SYN without a usable MSS option whose options are broken: unchanged.</summary>
    MalformedOption,

    /// <summary>TCP, but no SYN: unchanged.</summary>
    NotSyn,

    /// <summary>Another protocol: unchanged.</summary>
    NotTcp,

    /// <summary>A fragment that does not hold the whole TCP header: unchanged.</summary>
    Fragment,

    /// <summary>Shorter than its IP header says: unchanged.</summary>
    Truncated,

    /// <summary>TCP by its IP header, with a data offset that cannot be or a header that is cut: unchanged.</summary>
    MalformedTcp,

    /// <summary>No IP packet, or one whose own header is broken: unchanged.</summary>
    NotIp,
}

/// <summary>The outcome for one packet, with what is worth counting besides.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="IsIpv6">The address family; means nothing for <see cref="MssOutcome.NotIp"/>.</param>
/// <param name="IsDuplicate">Two or more MSS options; each is held to the limit.</param>
/// <param name="IsMalformed">An option with a length that cannot be, whether or not another one was usable.</param>
internal readonly record struct MssResult(MssOutcome Outcome, bool IsIpv6 = false, bool IsDuplicate = false, bool IsMalformed = false)
{
    /// <summary>Whether the packet is a SYN that announces an MSS, or may be given one.</summary>
    public bool IsUsableSyn => Outcome is MssOutcome.Clamped or MssOutcome.AlreadySmall or MssOutcome.NoMssOption;
}
