using System.Globalization;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.ChecksumGuard;

/// <summary>
/// One log line for a bad checksum, as an engineer with two captures would want it: which packet, the value found and the value wanted, how
/// many so far. The first is reported at once, then at most one each <see cref="QuietTime"/>: a flood of bad packets is not a
/// flood of lines. Belongs to one direction's thread.
/// </summary>
internal sealed class BadChecksumReport(IStageContext context, string direction, BadChecksumAction action)
{
    /// <summary>The least time between two lines of one direction.</summary>
    public static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(10);

    private readonly string _fate = action switch
    {
        BadChecksumAction.Drop => "dropped",
        BadChecksumAction.Repair => "repaired",
        _ => "passed as it is",
    };

    private long? _last;

    /// <summary>Reports a bad checksum, or keeps quiet.</summary>
    /// <param name="packet">The packet as it was found.</param>
    /// <param name="finding">What is bad.</param>
    /// <param name="soFar">How many bad checksums this direction had, this one included.</param>
    public void Write(Span<byte> packet, in ChecksumFinding finding, long soFar)
    {
        var now = context.Time.GetTimestamp();
        if (_last is { } last && context.Time.GetElapsedTime(last, now) < QuietTime)
        {
            return;
        }

        _last = now;
        context.Logger.BadChecksum(
            context.Id, direction, NameOf(finding.Kind), PacketText.Summarize(packet), Hex(finding.Found), Hex(finding.Wanted), _fate, soFar);
    }

    private static string NameOf(ChecksumKind kind) => kind switch
    {
        ChecksumKind.Ipv4Header => "IPv4 header",
        ChecksumKind.Tcp => "TCP",
        ChecksumKind.Udp => "UDP",
        ChecksumKind.Icmp => "ICMP",
        _ => "ICMPv6",
    };

    private static string Hex(ushort value) => value.ToString("x4", CultureInfo.InvariantCulture);
}
