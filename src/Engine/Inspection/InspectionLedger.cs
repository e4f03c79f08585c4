using System.Globalization;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Wire;
using Culvert.Wire.Text;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Inspection;

/// <summary>
/// Where the inspectors of all loops bring what they find: totals, what each stage is to blame for, and the log lines, at most one for
/// each kind of finding and stage in ten seconds. Thread-safe; only sampled packets come here.
/// </summary>
internal sealed class InspectionLedger(int every, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<(Direction, ChecksumKind), Totals> _totals = [];
    private readonly Dictionary<(string Stage, Direction, string Deed, string What), Blame> _blames = [];
    private readonly Dictionary<(string Stage, Direction, string Deed, string What), long> _lastLines = [];
    private long _sampled;

    /// <summary>One packet of so many is to be looked at.</summary>
    public int Every => every;

    /// <summary>Creates the observer of a lane's direction, for <see cref="PipelineOptions.Observer"/>.</summary>
    public IChainObserver Observe(Direction direction) => new ObserverSet([new Inspector(this, direction)]);

    public void NoteSampled() => Interlocked.Increment(ref _sampled);

    /// <summary>A packet's checksum as it was when the packet entered, or came out of a seal.</summary>
    /// <param name="first">The stage that is about to get it.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="finding">What was found.</param>
    /// <param name="packet">The packet.</param>
    public void Arrived(StageNode first, Direction direction, in ChecksumFinding finding, Span<byte> packet)
    {
        lock (_gate)
        {
            var totals = TotalsOf(direction, finding.Kind);
            switch (finding.Verdict)
            {
                case ChecksumVerdict.Valid:
                    totals.Valid++;
                    break;
                case ChecksumVerdict.NoneCarried:
                    totals.NoneCarried++;
                    break;
                case ChecksumVerdict.CannotBeJudged:
                    totals.CannotBeJudged++;
                    break;
                default:
                    totals.ArrivedBad++;
                    if (IsTimeForLine((first.Unit.Id, direction, "arrived-bad", NameOf(finding.Kind))))
                    {
                        InspectionLog.ArrivedBad(
                            logger, first.Unit.Id, NameOf(finding.Kind), Word(direction), PacketText.Summarize(packet), Hex(finding.Found),
                            Hex(finding.Wanted), totals.ArrivedBad, Interlocked.Read(ref _sampled));
                    }

                    break;
            }
        }
    }

    /// <summary>A checksum that was right before a stage is wrong behind it, or wrong in a packet that a stage emitted.</summary>
    public void MadeBad(StageNode culprit, Direction direction, in ChecksumFinding finding, Span<byte> packet, bool emitted)
    {
        lock (_gate)
        {
            TotalsOf(direction, finding.Kind).MadeBad++;
            var (blame, line) = Note(culprit, direction, "made-bad", NameOf(finding.Kind), packet, finding);
            if (line)
            {
                Action<ILogger, string, string, string, string, string, string, long, long> write =
                    emitted ? InspectionLog.EmittedBad : InspectionLog.MadeBad;
                write(
                    logger, culprit.Unit.Id, NameOf(finding.Kind), Word(direction), PacketText.Summarize(packet), Hex(finding.Found),
                    Hex(finding.Wanted), blame.Count, Interlocked.Read(ref _sampled));
            }
        }
    }

    /// <summary>A checksum that was wrong before a stage is right behind it.</summary>
    public void Repaired(StageNode repairer, Direction direction, in ChecksumFinding before, Span<byte> packet)
    {
        lock (_gate)
        {
            TotalsOf(direction, before.Kind).Repaired++;
            Note(repairer, direction, "repaired", NameOf(before.Kind), packet, before);
        }
    }

    /// <summary>A packet with a wrong checksum was dropped.</summary>
    public void Dropped(Direction direction, ChecksumKind kind)
    {
        lock (_gate)
        {
            TotalsOf(direction, kind).Dropped++;
        }
    }

    /// <summary>A stage changed more than its shape declares.</summary>
    public void UndeclaredChange(StageNode culprit, Direction direction, FieldChanges changes, Span<byte> packet)
    {
        var beyond = changes.Beyond(culprit.Unit.Plan.Shape.MayChange);
        lock (_gate)
        {
            var (blame, line) = Note(culprit, direction, "undeclared-change", FieldNames(beyond), packet, null);
            if (line)
            {
                var listed = string.Join(", ", changes.All.Where(change => (change.Field & beyond) != 0));
                InspectionLog.UndeclaredChange(
                    logger, culprit.Unit.Id, Word(direction), listed, PacketText.Summarize(packet), blame.Count,
                    Interlocked.Read(ref _sampled));
            }
        }
    }

    /// <summary>All that was found up to now.</summary>
    public InspectionReport GetReport()
    {
        lock (_gate)
        {
            return new InspectionReport
            {
                Every = every,
                Sampled = Interlocked.Read(ref _sampled),
                Checksums = [.. _totals.OrderBy(pair => pair.Key).Select(pair => pair.Value.ToRecord(pair.Key.Item1, NameOf(pair.Key.Item2)))],
                Blames = [.. _blames.OrderByDescending(pair => pair.Value.Count).Select(pair => pair.Value.ToRecord(pair.Key))],
            };
        }
    }

    private static string NameOf(ChecksumKind kind) => kind switch
    {
        ChecksumKind.Ipv4Header => "IPv4 header",
        ChecksumKind.Tcp => "TCP",
        ChecksumKind.Udp => "UDP",
        ChecksumKind.Icmp => "ICMP",
        ChecksumKind.Icmpv6 => "ICMPv6",
        _ => "other",
    };

    private static string FieldNames(HeaderFields fields) => fields == HeaderFields.All ? "the whole packet" : fields.ToString();

    private static string Word(Direction direction) => direction == Direction.Outbound ? "outbound" : "inbound";

    private static string Hex(ushort value) => value.ToString("x4", CultureInfo.InvariantCulture);

    private Totals TotalsOf(Direction direction, ChecksumKind kind)
    {
        if (!_totals.TryGetValue((direction, kind), out var totals))
        {
            totals = new Totals();
            _totals.Add((direction, kind), totals);
        }

        return totals;
    }

    private (Blame Blame, bool IsTimeForLine) Note(
        StageNode stage, Direction direction, string deed, string what, Span<byte> packet, ChecksumFinding? finding)
    {
        var key = (stage.Unit.Id, direction, deed, what);
        if (!_blames.TryGetValue(key, out var blame))
        {
            blame = new Blame
            {
                First = time.GetUtcNow(),
                Example = PacketText.Summarize(packet),
                Found = finding is { } found ? Hex(found.Found) : null,
                Wanted = finding is { } wanted ? Hex(wanted.Wanted) : null,
            };
            _blames.Add(key, blame);
        }

        blame.Count++;
        return (blame, IsTimeForLine(key));
    }

    private bool IsTimeForLine((string, Direction, string, string) key)
    {
        var now = time.GetTimestamp();
        if (_lastLines.TryGetValue(key, out var last) && time.GetElapsedTime(last, now) < Quiet)
        {
            return false;
        }

        _lastLines[key] = now;
        return true;
    }

    private sealed class Totals
    {
        public long Valid { get; set; }

        public long ArrivedBad { get; set; }

        public long MadeBad { get; set; }

        public long Repaired { get; set; }

        public long Dropped { get; set; }

        public long NoneCarried { get; set; }

        public long CannotBeJudged { get; set; }

        public ChecksumTotals ToRecord(Direction direction, string protocol) => new()
        {
            Direction = direction,
            Protocol = protocol,
            Valid = Valid,
            ArrivedBad = ArrivedBad,
            MadeBad = MadeBad,
            Repaired = Repaired,
            Dropped = Dropped,
            NoneCarried = NoneCarried,
            CannotBeJudged = CannotBeJudged,
        };
    }

    private sealed class Blame
    {
        public required DateTimeOffset First { get; init; }

        public required string Example { get; init; }

        public required string? Found { get; init; }

        public required string? Wanted { get; init; }

        public long Count { get; set; }

        public StageBlame ToRecord((string Stage, Direction Direction, string Deed, string What) key) => new()
        {
            StageId = key.Stage,
            Direction = key.Direction,
            Deed = key.Deed,
            What = key.What,
            Count = Count,
            First = First,
            Example = Example,
            Found = Found,
            Wanted = Wanted,
        };
    }
}
