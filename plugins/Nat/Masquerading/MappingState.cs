namespace Culvert.Plugins.Nat.Masquerading;

/// <summary>The state of a mapping.</summary>
internal enum MappingState : byte
{
    /// <summary>Only the host of this side has sent.</summary>
    OneWay,

    /// <summary>TCP: the host of this side has sent a FIN or a reset, and no SYN since.</summary>
    Closing,

    /// <summary>Both sides have sent.</summary>
    TwoWay,
}
