namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>The error numbers that the interface answers with, as Linux has them.</summary>
internal enum UapiErrno
{
    None = 0,

    /// <summary>EIO: the request was cut off or is too large.</summary>
    Io = 5,

    /// <summary>EPERM: without the right to the port or to marks.</summary>
    NotPermitted = 1,

    /// <summary>EINVAL: an unknown key or a value that cannot be read.</summary>
    Invalid = 22,

    /// <summary>EPROTO: no line of the protocol.</summary>
    Protocol = 71,

    /// <summary>EOPNOTSUPP: the network endpoint has no port or mark that can be changed.</summary>
    NotSupported = 95,

    /// <summary>EADDRINUSE: another socket has the port.</summary>
    PortInUse = 98,
}
