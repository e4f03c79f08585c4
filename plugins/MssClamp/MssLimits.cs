namespace Culvert.Plugins.MssClamp;

/// <summary>The greatest MSS for each family at one moment, in bytes, 1 or more; <see cref="MssFamily.NoLimit"/> leaves a family alone.</summary>
internal readonly record struct MssLimits(int Ipv4, int Ipv6)
{
    /// <summary>The limits at a place with this MTU.</summary>
    public static MssLimits At(MssSetting setting, int mtu) =>
        new(MssFamily.Ipv4.Limit(setting.Ipv4, mtu), MssFamily.Ipv6.Limit(setting.Ipv6, mtu));
}
