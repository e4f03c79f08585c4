using System.Globalization;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Guarding;

/// <summary>Plugin code threw, or did not return in time.</summary>
internal sealed class PluginException : Exception
{
    private readonly Member _member;

    /// <summary>A member threw.</summary>
    public PluginException(Member member, Exception thrown)
        : base($"{member} threw {ForeignCode.Describe(thrown)}", thrown) => _member = member;

    /// <summary>A member did not return in time; its thread was left behind.</summary>
    public PluginException(Member member, TimeSpan limit)
        : base(string.Create(CultureInfo.InvariantCulture, $"{member} did not return within {limit.TotalSeconds:0.#} seconds")) =>
        (_member, IsLate) = (member, true);

    /// <summary>What went wrong, in one line without a full stop: with the member where it is known.</summary>
    public static string Describe(Exception exception) => exception is PluginException ? exception.Message : ForeignCode.Describe(exception);

    /// <summary>Whether the member did not return, so that its thread may still run.</summary>
    public bool IsLate { get; }

    /// <summary>What the member threw, without the wrappers of reflection; null when it did not return.</summary>
    public Exception? Thrown => InnerException is null ? null : ForeignCode.Cause(InnerException);

    /// <summary>The message without the words of the exception, which may quote a secret.</summary>
    public string Discreet => IsLate ? Message : $"{_member} threw {Thrown!.GetType().Name}";
}
