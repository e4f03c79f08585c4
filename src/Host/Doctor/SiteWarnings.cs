using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor;

/// <summary>What stages cannot know of each other: the findings of the checks that need only the file, as warnings of <c>culvert check</c> and <c>import</c>.</summary>
internal static class SiteWarnings
{
    /// <summary>Examines a valid file.</summary>
    /// <param name="path">Its path, for what concerns the whole file.</param>
    /// <param name="file">The file; null when it can no longer be read.</param>
    public static IReadOnlyList<Diagnostic> Find(string path, SiteFile? file)
    {
        var site = new Site { File = file };
        return
        [
            .. Checks.OfFile.SelectMany(check => check.Find(site).Select(finding =>
                new Diagnostic(check.Code, finding.Position ?? new SourcePosition(path), finding.Cause, finding.Remedy)))
                .OrderBy(warning => warning.Position.Line),
        ];
    }
}
