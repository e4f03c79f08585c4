using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace Culvert.Engine.Configuration;

/// <summary>
/// <c>${NAME}</c> in a value: the environment variable NAME. <c>$${</c> stands for <c>${</c> itself; any other <c>$</c> is plain text. What a
/// variable contains is not looked at again.
/// </summary>
internal static partial class EnvironmentText
{
    /// <summary>The JSON Schema pattern of a text with a variable in it.</summary>
    public const string Pattern = "\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}";

    /// <summary>Whether a text has something to expand.</summary>
    public static bool IsIn(string text) => text.Contains("${", StringComparison.Ordinal);

    /// <summary>Puts the variables in place.</summary>
    /// <param name="text">What the file has.</param>
    /// <param name="expanded">The text with the variables' values.</param>
    /// <param name="problem">What is wrong, and what to do; no value of a variable.</param>
    public static bool TryExpand(string text, [NotNullWhen(true)] out string? expanded, out (string Message, string Remedy) problem)
    {
        (expanded, problem) = (null, default);
        var result = new StringBuilder();
        var done = 0;
        foreach (Match match in Reference().Matches(text))
        {
            result.Append(text, done, match.Index - done);
            done = match.Index + match.Length;
            var name = match.Groups["name"];
            if (match.Value == "$${")
            {
                result.Append("${");
            }
            else if (!name.Success)
            {
                problem = ("'${' is not followed by a variable's name and '}'", "write ${NAME} for an environment variable, or $${ for the characters themselves");
                return false;
            }
            else if (Environment.GetEnvironmentVariable(name.Value) is { } value)
            {
                result.Append(value);
            }
            else
            {
                problem = ($"the environment variable '{name.Value}' is not set", $"set it where the program is started, or write $${{{name.Value}}} for the text itself");
                return false;
            }
        }

        expanded = result.Append(text, done, text.Length - done).ToString();
        return true;
    }

    [GeneratedRegex(@"\$\$\{|\$\{((?<name>[A-Za-z_][A-Za-z0-9_]*)\})?", RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();
}
