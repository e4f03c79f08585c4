using System.Reflection;

namespace Culvert.Host;

/// <summary>The version of this program.</summary>
internal static class ProductVersion
{
    // VERSION+COMMIT, as the SDK writes it; a build outside a repository has no commit.
    private static readonly string[] _parts =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+');

    /// <summary>The version without the commit.</summary>
    public static string Number => _parts[0];

    /// <summary>The commit; "unknown" for a build outside a repository.</summary>
    public static string Commit => _parts.ElementAtOrDefault(1) ?? "unknown";
}
