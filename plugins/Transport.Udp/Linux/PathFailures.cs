using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp.Interop;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>
/// Passes on why datagrams do not arrive, with the destination: to the stages above, or to the log where none knows it. <see cref="Note"/> is for any
/// thread and bounds what a flood of ICMP messages costs.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class PathFailures
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(100);

    private readonly IEndpointContext _context;
    private readonly LogLimit _log;
    private readonly StageTimer _report;
    private (DatagramEndpoint Destination, int Errno) _latest;
    private int _isReporting;
    private long _lastAt;

    public PathFailures(IEndpointContext context) =>
        (_context, _log, _report, _lastAt) = (context, new LogLimit(context.Time), context.CreateTimer(Report), context.Time.GetTimestamp() - context.Time.TimestampFrequency);

    /// <summary>Notes a failure; further ones within a tenth of a second are not passed on.</summary>
    public void Note(in DatagramEndpoint destination, int errno)
    {
        var now = _context.Time.GetTimestamp();
        if (_context.Time.GetElapsedTime(Volatile.Read(ref _lastAt), now) >= MinPause && Interlocked.CompareExchange(ref _isReporting, 1, 0) == 0)
        {
            Volatile.Write(ref _lastAt, now);
            _latest = (destination, errno);
            // No post: one that a blocked service thread refuses would be the last that is tried.
            _report.Schedule(TimeSpan.Zero);
        }
    }

    private static string Reason(int errno) => errno switch
    {
        Errno.ECONNREFUSED => "nobody listens on the port",
        Errno.EHOSTUNREACH or Errno.EHOSTDOWN => "host unreachable",
        Errno.ENETUNREACH or Errno.ENETDOWN => "network unreachable",
        Errno.EACCES or Errno.EPERM => "prohibited by a firewall or a router",
        _ => Marshal.GetPInvokeErrorMessage(errno),
    };

    private void Report()
    {
        var (destination, errno) = _latest;
        Volatile.Write(ref _isReporting, 0);
        if (!_context.ReportPathFailure(destination, Reason(errno)) && _log.Allows())
        {
            UdpStageLog.PathFails(_context.Logger, destination, Reason(errno));
        }
    }
}
