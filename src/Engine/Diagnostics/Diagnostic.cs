namespace Culvert.Engine.Diagnostics;

/// <summary>One mistake in the file or in a plugin: where, what, and what to do about it. It never holds a secret.</summary>
/// <param name="Code">Which kind of mistake.</param>
/// <param name="Position">Where.</param>
/// <param name="Message">What is wrong, with the value, without a full stop.</param>
/// <param name="Remedy">What to do, as an imperative, without a full stop.</param>
public sealed record Diagnostic(DiagnosticCode Code, SourcePosition Position, string Message, string Remedy)
{
    /// <summary>Whether it keeps the pipeline from starting.</summary>
    public DiagnosticSeverity Severity => Code.Severity;

    /// <summary>True when it keeps the pipeline from starting.</summary>
    public bool IsError => Severity == DiagnosticSeverity.Error;

    /// <summary><c>pipeline.yaml(12,5): error CV2001: message; remedy</c></summary>
    public override string ToString()
    {
        var severity = IsError ? "error" : "warning";
        return $"{Position}: {severity} {Code.Id}: {Message}; {Remedy}";
    }
}
