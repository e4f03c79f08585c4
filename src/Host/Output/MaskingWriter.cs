using System.Text;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Output;

/// <summary>
/// Standard error: writes text with everything masked that could be a key. Messages quote arguments and files, and a key may be among them. Each
/// call is masked by itself. As thread-safe as the writer behind it.
/// </summary>
/// <param name="inner">Receives the masked text.</param>
internal sealed class MaskingWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    /// <summary>The writer behind a masking one, or the writer itself.</summary>
    public static TextWriter Unmasked(TextWriter writer) => writer is MaskingWriter masking ? masking.Inner : writer;

    private TextWriter Inner => inner;

    public override void Write(char value) => inner.Write(value);

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    public override void Write(string? value) => inner.Write(value is null ? null : SecretMask.Apply(value));

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(string? value) => inner.WriteLine(value is null ? null : SecretMask.Apply(value));

    public override void Flush() => inner.Flush();
}
