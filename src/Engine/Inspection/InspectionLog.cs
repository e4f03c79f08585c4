using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Inspection;

/// <summary>The log messages of the inspection; the ledger bounds their rate.</summary>
internal static partial class InspectionLog
{
    [LoggerMessage(1, LogLevel.Error,
        "{Stage} broke the {Protocol} checksum, {Direction}: {Packet}; found {Found}, wanted {Wanted}; it was right before {Stage}; {Count} of {Sampled} sampled packets so far")]
    public static partial void MadeBad(
        ILogger logger, string stage, string protocol, string direction, string packet, string found, string wanted, long count, long sampled);

    [LoggerMessage(2, LogLevel.Error,
        "{Stage} emitted a packet with a wrong {Protocol} checksum, {Direction}: {Packet}; found {Found}, wanted {Wanted}; {Count} of {Sampled} sampled packets so far")]
    public static partial void EmittedBad(
        ILogger logger, string stage, string protocol, string direction, string packet, string found, string wanted, long count, long sampled);

    [LoggerMessage(3, LogLevel.Warning,
        "The {Protocol} checksum was wrong already when the packet came to {Stage}, {Direction}: {Packet}; found {Found}, wanted {Wanted}; {Count} of {Sampled} sampled packets so far")]
    public static partial void ArrivedBad(
        ILogger logger, string stage, string protocol, string direction, string packet, string found, string wanted, long count, long sampled);

    [LoggerMessage(4, LogLevel.Error,
        "{Stage} changed what it does not declare, {Direction}: {Changes}; in {Packet}; {Count} of {Sampled} sampled packets so far")]
    public static partial void UndeclaredChange(
        ILogger logger, string stage, string direction, string changes, string packet, long count, long sampled);
}
