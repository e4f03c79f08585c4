using System.Net;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor.Files;

/// <summary>A check that needs only the file: its findings are warnings of <c>culvert check</c> too.</summary>
/// <param name="name">A word for output and JSON.</param>
/// <param name="code">The warning's number.</param>
internal abstract class FileCheck(string name, DiagnosticCode code) : Check(name)
{
    /// <summary>The warning's number.</summary>
    public DiagnosticCode Code => code;

    public sealed override IEnumerable<Finding> Find(Site site) => site.File is { } file ? Find(file) : [];

    /// <summary>Examines a file.</summary>
    protected abstract IEnumerable<Finding> Find(SiteFile file);

    /// <summary>Whether two prefixes have an address in common.</summary>
    protected static bool Overlap(IPNetwork a, IPNetwork b) => a.BaseAddress.AddressFamily == b.BaseAddress.AddressFamily
        && (a.PrefixLength <= b.PrefixLength ? a.Contains(b.BaseAddress) : b.Contains(a.BaseAddress));
}
