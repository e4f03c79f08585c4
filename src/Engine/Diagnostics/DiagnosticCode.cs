namespace Culvert.Engine.Diagnostics;

/// <summary>
/// A kind of mistake, with a number that stays the same over versions so that people can search for it. All of them are in
/// <see cref="DiagnosticCodes"/> and in docs/reference/diagnostics.md.
/// </summary>
/// <param name="Id"><c>CV</c> and four digits.</param>
/// <param name="Severity">What it means for the pipeline.</param>
/// <param name="Title">The mistake in a few words.</param>
public sealed record DiagnosticCode(string Id, DiagnosticSeverity Severity, string Title)
{
    /// <summary>The number.</summary>
    public override string ToString() => Id;
}
