namespace Culvert.Engine.Diagnostics;

/// <summary>What a diagnostic means for the pipeline.</summary>
public enum DiagnosticSeverity
{
    /// <summary>The pipeline runs, but a person should know.</summary>
    Warning,

    /// <summary>Nothing is opened; exit code 2.</summary>
    Error,
}
