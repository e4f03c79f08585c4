using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Output;

/// <summary>A table of plain text: columns as wide as their widest cell, two spaces between them.</summary>
/// <param name="headings">The first row; one that begins with a space is of a column of numbers, set to the right.</param>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row. A line feed in a cell is shown: what a stranger wrote does not begin a row.</summary>
    public void Add(params string[] cells) => _rows.Add(Array.ConvertAll(cells, VisibleText.EscapeLine));

    public void Write(TextWriter output)
    {
        string[][] rows = [[.. headings.Select(heading => heading.TrimStart())], .. _rows];
        var widths = headings.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) =>
                headings[column].StartsWith(' ') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
