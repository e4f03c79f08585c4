using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.ChecksumGuard;

internal static partial class ChecksumGuardLog
{
    [LoggerMessage(
        1,
        LogLevel.Warning,
        "{Stage}: {Protocol} checksum wrong on arrival, {Direction}: {Packet}; found {Found}, wanted {Wanted}; {Fate}; {SoFar} so far")]
    public static partial void BadChecksum(
        this ILogger logger, string stage, string direction, string protocol, string packet, string found, string wanted, string fate, long soFar);
}
