using System.Globalization;
using Culvert.Options;

namespace Culvert.Plugins.StatefulFilter;

/// <summary>Checks the rules of the file.</summary>
internal static class FilterRules
{
    /// <summary>The most rules of one filter.</summary>
    public const int MaxRules = 4096;

    private const int MaxNameLength = 64;

    /// <summary>Returns a rule's name in counters: its own, or its position.</summary>
    public static string NameOf(RuleOptions rule, int index) => rule.Name ?? (index + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Reports rules without or with several verdicts, and names that are empty, too long or used twice.</summary>
    public static void Check(FilterOptions options, OptionsReport report)
    {
        if (options.Rules.Count > MaxRules)
        {
            report.Error("rules", string.Create(CultureInfo.InvariantCulture, $"{options.Rules.Count} rules"), $"write at most {MaxRules}");
            return;
        }

        if (options.Rules.Count == 0 && options.Default == FilterDefault.Drop)
        {
            report.Warning("rules", "no rules, and every packet is dropped", "add rules, or write 'default: allow'");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Rules.Count; i++)
        {
            CheckRule(options.Rules[i], $"rules[{i}]", report);
            CheckName(NameOf(options.Rules[i], i), $"rules[{i}].name", names, report);
        }
    }

    private static void CheckRule(RuleOptions rule, string key, OptionsReport report)
    {
        var verdicts = (rule.Allow is null ? 0 : 1) + (rule.Drop is null ? 0 : 1) + (rule.Reject is null ? 0 : 1);
        if (verdicts != 1)
        {
            report.Error(
                key,
                verdicts == 0 ? "no verdict" : "more than one verdict",
                "write exactly one of allow, drop and reject, for example {allow: outbound and tcp dst port 443}");
        }
    }

    private static void CheckName(string name, string key, HashSet<string> names, OptionsReport report)
    {
        if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))
        {
            report.Error(key, "not a valid name", $"write 1 to {MaxNameLength} printable characters");
        }
        else if (!names.Add(name))
        {
            report.Error(key, $"'{name}' is the name of another rule", "give each rule its own name");
        }
    }
}
