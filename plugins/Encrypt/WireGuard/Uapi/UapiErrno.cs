namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>The error numbers that the interface answers with, as Linux has them.</summary>
internal enum UapiErrno
{
    None = 0,

    /// <summary>EIO: the request was cut off or is too large.</summary>
    Io = 5,

    /// <summary>EPERM: not possible on this tunnel.</summary>
    NotPermitted = 1,

    /// <summary>EINVAL: an unknown key or a value that cannot be read.</summary>
    Invalid = 22,

    /// <summary>EPROTO: no line of the protocol.</summary>
    Protocol = 71,
}
