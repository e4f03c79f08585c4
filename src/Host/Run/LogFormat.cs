namespace Culvert.Host.Run;

/// <summary>How the log is written to standard error.</summary>
internal enum LogFormat
{
    /// <summary>For people: the time with its zone, the level in a word.</summary>
    Text,

    /// <summary>An object a line.</summary>
    Json,

    /// <summary>For systemd's journal, which has the time itself: a priority in front.</summary>
    Journal,
}
