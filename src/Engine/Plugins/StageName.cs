using System.Text.RegularExpressions;

namespace Culvert.Engine.Plugins;

/// <summary>The rule for a stage's name in <c>[Stage]</c>.</summary>
internal static partial class StageName
{
    /// <summary>The rule, after "use".</summary>
    public const string Rule = "lower-case words joined by hyphens, at most 64 characters, for example my-stage";

    /// <summary>Whether a name follows the rule.</summary>
    public static bool IsValid(string name) => name.Length <= 64 && Pattern().IsMatch(name);

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
