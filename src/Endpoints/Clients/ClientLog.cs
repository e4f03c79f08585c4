using Microsoft.Extensions.Logging;

namespace Culvert.Endpoints.Clients;

/// <summary>The log of a <see cref="ClientServer"/>.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(EventId = 70, Level = LogLevel.Warning, Message = "{Server}: cannot accept a connection: {Reason}; retrying every second.")]
    public static partial void AcceptFailed(ILogger logger, string server, string reason);

    [LoggerMessage(EventId = 71, Level = LogLevel.Debug, Message = "{Server}: a client left before it was answered: {Reason}")]
    public static partial void Left(ILogger logger, string server, string reason);

    [LoggerMessage(EventId = 72, Level = LogLevel.Warning, Message = "{Server}: a request was not answered.")]
    public static partial void Failed(ILogger logger, string server, Exception error);
}
