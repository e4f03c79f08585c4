using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Running;

/// <summary>The log messages of the running pipeline.</summary>
internal static partial class RunningLog
{
    [LoggerMessage(101, LogLevel.Error,
        "The stage threw ({Error}); {Packets} {Direction} packets were dropped for it, {Faults} faults so far. This is a bug of the stage.")]
    public static partial void StageThrew(ILogger logger, string direction, int packets, long faults, string error, Exception? exception);

    [LoggerMessage(102, LogLevel.Error,
        "The stage's timer or posted work threw ({Error}), {Faults} faults so far. This is a bug of the stage.")]
    public static partial void ServiceThrew(ILogger logger, long faults, string error, Exception? exception);

    [LoggerMessage(103, LogLevel.Warning,
        "The stage is bypassed from now on (on-fault: bypass); reload or restart to bring it back.")]
    public static partial void Bypassed(ILogger logger);

    [LoggerMessage(104, LogLevel.Error, "Disposing the stage failed: {Error}")]
    public static partial void DisposeFailed(ILogger logger, string error, Exception? exception);

    [LoggerMessage(105, LogLevel.Warning, "{What} did not end within {Seconds} seconds; closing continues without it.")]
    public static partial void DidNotEnd(ILogger logger, string what, double seconds);

    [LoggerMessage(106, LogLevel.Information, "The MTU inside the tunnel is {Mtu} now (path MTU {Path}).")]
    public static partial void MtuPlanned(ILogger logger, int mtu, int path);

    [LoggerMessage(107, LogLevel.Error, "Closing: {Reason}")]
    public static partial void Closing(ILogger logger, string reason);

    [LoggerMessage(108, LogLevel.Warning, "A batch did not come to its end within {Seconds} seconds; stages that were taken out stay open.")]
    public static partial void SwitchBlocked(ILogger logger, double seconds);

    [LoggerMessage(109, LogLevel.Warning, "The packet pool is empty: all {Capacity} packets are in use; held by {Holders}.")]
    public static partial void PoolEmpty(ILogger logger, int capacity, string holders);

    [LoggerMessage(110, LogLevel.Warning,
        "The stage was disposed while it held {Packets} packets; they were returned to the pool. A stage must emit, drop or dispose what it takes.")]
    public static partial void LeasesLeaked(ILogger logger, int packets);

    [LoggerMessage(111, LogLevel.Warning,
        "The stage has held a batch of {Direction} packets for more than {Seconds} seconds and has not returned; the packets behind it wait.")]
    public static partial void HoldsBatch(ILogger logger, string direction, double seconds);

    [LoggerMessage(112, LogLevel.Warning,
        "A timer's callback or posted work of the stage has not returned for more than {Seconds} seconds; the timers of all stages wait.")]
    public static partial void HoldsService(ILogger logger, double seconds);

    [LoggerMessage(113, LogLevel.Warning, "The shadow '{Candidate}' threw ({Error}), {Faults} faults so far. Traffic is not affected.")]
    public static partial void ShadowThrew(ILogger logger, string candidate, long faults, string error, Exception? exception);

    [LoggerMessage(114, LogLevel.Warning, "The shadow '{Candidate}' is switched off: {Reason}. Traffic is not affected; reload to try again.")]
    public static partial void ShadowOff(ILogger logger, string candidate, string reason);

    [LoggerMessage(115, LogLevel.Information, "The shadow '{Candidate}' differs for the first time in this way: {Kind}; {Packet}{Changes}")]
    public static partial void ShadowDiffers(ILogger logger, string candidate, string kind, string packet, string changes);

    [LoggerMessage(116, LogLevel.Error, "{Error}; the stage may go on reporting secrets until it is closed.")]
    public static partial void SharingGoesOn(ILogger logger, string error, Exception? exception);
}
