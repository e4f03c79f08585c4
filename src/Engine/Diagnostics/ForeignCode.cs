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
    public static string Message(Exception exception) => exception.Message.TrimEnd('.').ReplaceLineEndings(" ");
}
