namespace Culvert.Host.Output;

/// <summary>Colours text for a terminal; gives it back as it is for anything else. Escape sequences: ECMA-48 §8.3.117.</summary>
/// <param name="enabled">Whether the output is a terminal.</param>
internal sealed class Colours(bool enabled)
{
    /// <summary>Colours when the output is this process's terminal, and the user has not said no (no-color.org).</summary>
    public static Colours For(TextWriter output) => new(
        IsTerminal(output)
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb");

    private static bool IsTerminal(TextWriter output) => ReferenceEquals(output, Console.Error)
        ? !Console.IsErrorRedirected
        : ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;

    public string Bold(string text) => Paint(text, 1);

    public string Dim(string text) => Paint(text, 2);

    public string Red(string text) => Paint(text, 31);

    public string Green(string text) => Paint(text, 32);

    public string Yellow(string text) => Paint(text, 33);

    public string Reverse(string text) => Paint(text, 7);

    private string Paint(string text, int code) => enabled ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
