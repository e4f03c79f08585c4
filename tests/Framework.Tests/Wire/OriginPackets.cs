namespace Framework.Tests.Wire;

/// <summary>
/// The packets of the report that the project starts from: SYN/ACKs of 10.80.0.112:80 as one gateway sent them and the other received
/// them, through a tunnel whose clamp lost a borrow.
/// </summary>
public static class OriginPackets
{
    public const string In =
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307";

    /// <summary>Carries 0301 where 0302 is right.</summary>
    public const string Out1 =
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268df030100000204057d0402080a0862b134081b5bcd01030307";

    /// <summary>Carries 0300 where 0301 is right.</summary>
    public const string Out2 =
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268df030000000204057d0402080a0862b135081b5bcd01030307";

    /// <summary>Carries ff16, which is right.</summary>
    public const string Out3 =
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfff1600000204057d0402080a0862b51f081b5bcd01030307";

    /// <summary>Row P9: an IPv6 SYN that offers 1440.</summary>
    public const string Ipv6Syn =
        "600000000018064020010db800000000000000000000000120010db8000000000000000000000002c00001bb000000010000000060027ffffb090000020405a0";

    /// <summary>Row A7: the MSS value lies at an odd offset.</summary>
    public const string OddSyn =
        "4500003000004000400626c60a0000010a000002c00001bb000000010000000070027fff78100000030307020405b401";
}
