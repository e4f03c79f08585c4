namespace Culvert.Engine.Diagnostics;

/// <summary>Collects what is wrong with one file, so that everything is reported at once. Not thread-safe.</summary>
internal sealed class DiagnosticBag
{
    private readonly List<Diagnostic> _found = [];

    /// <summary>Whether one of them keeps the pipeline from starting.</summary>
    public bool HasErrors => _found.Exists(diagnostic => diagnostic.IsError);

    /// <summary>The number of datagrams.</summary>
    public int Count => _found.Count;

    /// <summary>Adds one.</summary>
    public void Add(DiagnosticCode code, SourcePosition position, string message, string remedy) =>
        Add(new Diagnostic(code, position, message, remedy));

    /// <inheritdoc cref="Add(DiagnosticCode, SourcePosition, string, string)"/>
    public void Add(Diagnostic diagnostic) => _found.Add(diagnostic);

    /// <summary>Adds several.</summary>
    public void AddRange(IEnumerable<Diagnostic> diagnostics) => _found.AddRange(diagnostics);

    /// <summary>All of them in the file's order, what concerns the file as a whole first; none twice.</summary>
    public IReadOnlyList<Diagnostic> ToList() =>
        [.. _found.Distinct().OrderBy(diagnostic => diagnostic.Position.Line).ThenBy(diagnostic => diagnostic.Position.Column)];
}
