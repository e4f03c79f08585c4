using System.Text;

namespace Culvert.Host.Top;

/// <summary>
/// The terminal while <c>culvert top</c> has it: the alternate screen without a cursor and without line wrapping, given back by <see cref="Leave"/>.
/// Sequences: ECMA-48 and xterm's private modes 7, 25 and 1049; 2026 draws a frame at once, where the terminal knows it. Thread-safe.
/// </summary>
/// <param name="output">The terminal.</param>
internal sealed class TopScreen(TextWriter output) : IDisposable
{
    private const string Begin = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J";
    private const string End = "\u001b[?7h\u001b[?25h\u001b[?1049l";

    private readonly Lock _gate = new();
    private bool _has;

    /// <summary>Takes the terminal.</summary>
    public void Enter() => Change(true, Begin);

    /// <summary>Gives the terminal back as it was.</summary>
    public void Leave() => Change(false, End);

    /// <summary>Shows a frame; nothing while the terminal is given back.</summary>
    public void Show(IReadOnlyList<string> lines)
    {
        var text = new StringBuilder("\u001b[?2026h\u001b[H");
        for (var i = 0; i < lines.Count; i++)
        {
            text.Append(lines[i]).Append("\u001b[K").Append(i < lines.Count - 1 ? "\r\n" : "");
        }

        lock (_gate)
        {
            if (_has)
            {
                Write(text.Append("\u001b[J\u001b[?2026l").ToString());
            }
        }
    }

    public void Dispose() => Leave();

    private void Change(bool has, string sequence)
    {
        lock (_gate)
        {
            if (_has != has)
            {
                _has = has;
                Write(sequence);
            }
        }
    }

    private void Write(string text)
    {
        try
        {
            output.Write(text);
            output.Flush();
        }
        catch (IOException)
        {
            // A terminal that has gone needs nothing.
        }
    }
}
