namespace Culvert.Engine.Diagnostics;

/// <summary>A place in pipeline.yaml, as an editor counts.</summary>
/// <param name="File">The file's path as the user wrote it; diagnostics print it unchanged.</param>
/// <param name="Line">From 1; 0 when the file as a whole is meant.</param>
/// <param name="Column">From 1; 0 when the file as a whole is meant.</param>
public readonly record struct SourcePosition(string File, int Line = 0, int Column = 0)
{
    /// <summary><c>pipeline.yaml(12,5)</c>, or the file alone.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}({Line},{Column})";
}
