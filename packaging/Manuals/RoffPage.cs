using System.Globalization;
using System.Text;

namespace Culvert.Packaging.Manuals;

/// <summary>One manual page in roff, with the macros of man(7). Text is escaped here and nowhere else.</summary>
internal sealed class RoffPage
{
    private readonly StringBuilder _text = new();
    private bool _underHeading;

    /// <summary>Begins a page.</summary>
    /// <param name="name">The page's name, as the reader types it after <c>man</c>.</param>
    /// <param name="section">1 for commands, 5 for files.</param>
    /// <param name="summary">One line without a full stop.</param>
    /// <param name="date">When the product was made.</param>
    public RoffPage(string name, int section, string summary, DateTimeOffset date)
    {
        (Name, SectionNumber) = (name, section);
        Line(string.Create(CultureInfo.InvariantCulture, $".TH \"{Escape(name.ToUpperInvariant())}\" {section} {date:yyyy-MM-dd} Culvert \"Culvert manual\""));
        Section("NAME");
        Line($"{Escape(name)} \\- {Escape(summary)}");
    }

    public string Name { get; }

    public int SectionNumber { get; }

    /// <summary>Begins a section.</summary>
    public RoffPage Section(string title) => Heading("SH", title);

    /// <summary>Begins a part of a section.</summary>
    public RoffPage Part(string title) => Heading("SS", title);

    /// <summary>Adds a paragraph.</summary>
    public RoffPage Paragraph(string text) => Break().Line(Escape(text));

    /// <summary>Adds a bold word with its explanation below.</summary>
    public RoffPage Entry(string term, string explanation) => Line(".TP").Line($"\\fB{Escape(term)}\\fR").Line(Escape(explanation));

    /// <summary>Adds lines that keep their breaks and indents.</summary>
    public RoffPage Verbatim(string text)
    {
        Break().Line(".nf").Line(".RS 4");
        foreach (var line in text.TrimEnd().Split('\n'))
        {
            Line(Escape(line.TrimEnd()));
        }

        return Line(".RE").Line(".fi");
    }

    public override string ToString() => _text.ToString();

    private RoffPage Heading(string macro, string title)
    {
        Line($".{macro} \"{Escape(title)}\"");
        _underHeading = true;
        return this;
    }

    // A heading begins a paragraph already.
    private RoffPage Break() => _underHeading ? this : Line(".PP");

    private RoffPage Line(string line)
    {
        _underHeading = false;
        _text.Append(line).Append('\n');
        return this;
    }

    // A line that begins with a dot or an apostrophe would be a request.
    private static string Escape(string text)
    {
        var escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("\"", "\\(dq", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" + escaped : escaped;
    }
}
