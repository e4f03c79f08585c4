namespace Culvert.Plugins.MssClamp;

/// <summary>The numbers that tell the two address families apart. All are bytes.</summary>
/// <param name="Name">As messages write it.</param>
/// <param name="Key">As pipeline.yaml and counters write it.</param>
/// <param name="Headers">The fixed IP and TCP headers, which an MSS leaves out whatever options there are (RFC 6691).</param>
/// <param name="MinMss">
/// The MSS that every path must carry, and what a sender assumes where none is announced: RFC 9293 section 3.7.1, 576 - 40 for IPv4 and
/// 1280 - 60 for IPv6.
/// </param>
internal sealed record MssFamily(string Name, string Key, int Headers, int MinMss)
{
    public static MssFamily Ipv4 { get; } = new("IPv4", "ipv4", 40, 536);

    public static MssFamily Ipv6 { get; } = new("IPv6", "ipv6", 60, 1220);

    /// <summary>The largest value that the option's 16 bits hold.</summary>
    public const int MaxMss = ushort.MaxValue;

    /// <summary>The limit of a family that is left alone: no MSS exceeds it.</summary>
    public const int NoLimit = int.MaxValue;

    /// <summary>
    /// The limit at a place with this MTU. A path that shrinks while the pipeline runs is followed below
    /// <see cref="MinMss"/>, since that is what it carries, but nothing wraps: 1 is the least.
    /// </summary>
    public int Limit(MssValue setting, int mtu) => setting switch
    {
        { IsNone: true } => NoLimit,
        { Number: { } number } => number,
        _ => Math.Clamp(mtu - Headers, 1, MaxMss),
    };

    /// <summary>The value of an inserted option: never more than a peer had to assume without it (RFC 9293 section 3.7.1).</summary>
    public int InsertedMss(int limit) => Math.Min(limit, MinMss);
}
