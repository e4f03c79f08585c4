using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor;

/// <summary>What stages cannot know of each other: the findings of the checks that need only the file, as warnings of <c>culvert check</c>.</summary>
internal static class SiteWarnings
{
    /// <summary>Examines a valid file.</summary>
    public static IReadOnlyList<Diagnostic> Find(string path)
    {
        var site = new Site { File = SiteFile.Read(path) };
        return
        [
            .. Checks.OfFile.SelectMany(check => check.Find(site).Select(finding =>
                new Diagnostic(check.Code, finding.Position ?? new SourcePosition(path), finding.Cause, finding.Remedy)))
                .OrderBy(warning => warning.Position.Line),
        ];
    }
}
