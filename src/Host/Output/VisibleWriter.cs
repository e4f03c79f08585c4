using System.Text;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Output;

/// <summary>A writer for text that files, sockets and other programs wrote: what a terminal would obey is shown instead. Not thread-safe.</summary>
/// <param name="inner">The destination.</param>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    /// <summary>The destination.</summary>
    public TextWriter Inner => inner;

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value) => inner.Write(VisibleText.Escape(value ?? ""));

    public override void WriteLine(string? value) => inner.WriteLine(VisibleText.Escape(value ?? ""));

    public override void Flush() => inner.Flush();
}
