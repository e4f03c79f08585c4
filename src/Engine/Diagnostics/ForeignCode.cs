using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Culvert.Engine.Diagnostics;

/// <summary>Words for what a plugin's code threw.</summary>
internal static class ForeignCode
{
    /// <summary>The remedy.</summary>
    public const string Remedy = "report it to the plugin's author";

    /// <summary>The exception that the plugin's own code threw, without the wrappers of reflection.</summary>
    public static Exception Cause(Exception exception)
    {
        while (exception is TargetInvocationException or TypeInitializationException && exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }

    /// <summary>Kind and message in one line without a full stop: <c>InvalidOperationException: No shape today</c>.</summary>
    public static string Describe(Exception exception)
    {
        var cause = Cause(exception);
        return $"{cause.GetType().Name}: {Message(cause)}";
    }

    /// <summary>The message alone, in one line without a full stop.</summary>
    public static string Message(Exception exception) => Safely(exception, static one => one.Message).TrimEnd('.').ReplaceLineEndings(" ");

    /// <summary>All that an exception says of itself, the stack included.</summary>
    public static string Text(Exception exception) => Safely(exception, static one => one.ToString());

    /// <summary>The exception itself; null when it cannot be written, so that no logger should get it.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The exception of an exception says no more.")]
    public static Exception? Loggable(Exception exception)
    {
        try
        {
            return exception.ToString() is not null && exception.Message is not null ? exception : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    // A plugin's exception may override its members, and these may throw, too.
    [SuppressMessage("Design", "CA1031", Justification = "The exception of an exception says no more.")]
    private static string Safely(Exception exception, Func<Exception, string?> read)
    {
        try
        {
            return read(exception) ?? "";
        }
        catch (Exception)
        {
            return $"{exception.GetType().FullName} (its own text cannot be read)";
        }
    }
}
