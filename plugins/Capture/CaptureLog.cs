using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Capture;

internal static partial class CaptureLog
{
    [LoggerMessage(1, LogLevel.Warning, "The capture '{File}' cannot be written: {Error}. Packets that match are lost; the next attempt follows in 10 s.")]
    public static partial void Failed(ILogger logger, string file, string error);
}
