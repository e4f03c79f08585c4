namespace Culvert.Engine.Diagnostics;

/// <summary>One mistake in the file or in a plugin: where, what, and what to do about it. It never holds a secret.</summary>
/// <param name="Code">Which kind of mistake.</param>
/// <param name="Position">Where.</param>
/// <param name="Message">What is wrong, with the value, without a full stop.</param>
/// <param name="Remedy">What to do, as an imperative, without a full stop.</param>
public sealed record Diagnostic(DiagnosticCode Code, SourcePosition Position, string Message, string Remedy)
{
    /// <summary>What is wrong, with the value, without a full stop. Values that could be keys are masked, and control characters shown.</summary>
    public string Message { get; init; } = VisibleText.EscapeLine(SecretMask.Apply(Message));

    /// <summary>What to do, as an imperative, without a full stop. Values that could be keys are masked, and control characters shown.</summary>
    public string Remedy { get; init; } = VisibleText.EscapeLine(SecretMask.Apply(Remedy));

    /// <summary>Whether it keeps the pipeline from starting.</summary>
    public DiagnosticSeverity Severity => Code.Severity;

    /// <summary>Whether it keeps the pipeline from starting.</summary>
    public bool IsError => Severity == DiagnosticSeverity.Error;

    /// <summary><c>pipeline.yaml(12,5): error CV2001: message; remedy</c></summary>
    public override string ToString()
    {
        var severity = IsError ? "error" : "warning";
        return $"{Position}: {severity} {Code.Id}: {Message}; {Remedy}";
    }
}

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

/// <summary>The severity of a diagnostic.</summary>
public enum DiagnosticSeverity
{
    /// <summary>The pipeline runs, but the problem should be fixed.</summary>
    Warning,

    /// <summary>Nothing is opened; exit code 2.</summary>
    Error,
}

/// <summary>A place in pipeline.yaml, as an editor counts.</summary>
/// <param name="File">The file's path as the user wrote it; diagnostics print it unchanged.</param>
/// <param name="Line">From 1; 0 when the file as a whole is meant.</param>
/// <param name="Column">From 1; 0 when the file as a whole is meant.</param>
public readonly record struct SourcePosition(string File, int Line = 0, int Column = 0)
{
    /// <summary>The path for output: as the user wrote it, masked where it could be a key.</summary>
    internal string ShownFile => SecretMask.Apply(File);

    /// <summary><c>pipeline.yaml(12,5)</c>, or the file alone.</summary>
    public override string ToString() => Line == 0 ? ShownFile : $"{ShownFile}({Line},{Column})";
}
