using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Culvert.Host.Output;

/// <summary>Reads the values of options; a wrong one is reported with what may be written instead.</summary>
internal static class OptionValues
{
    /// <summary>An option whose value is one of a few words. Without it the value is <c>default</c>.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">Its meaning, for help.</param>
    /// <param name="values">The values; each is written as its name in lower case.</param>
    public static Option<T> Words<T>(string name, string description, params T[] values)
    {
        string[] words = [.. values.Select(value => $"{value}".ToLowerInvariant())];
        return new Option<T>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            CustomParser = result =>
            {
                var word = Word(result);
                var found = Array.FindIndex(words, one => one.Equals(word, StringComparison.OrdinalIgnoreCase));
                if (found >= 0)
                {
                    return values[found];
                }

                result.AddError($"{name} is '{word}'; write {string.Join(", ", words[..^1])} or {words[^1]}");
                return default;
            },
        };
    }

    /// <summary>Reads a number, in the invariant culture.</summary>
    /// <param name="result">The option's value.</param>
    /// <param name="min">The smallest valid number.</param>
    /// <param name="max">The largest valid number.</param>
    public static T Number<T>(ArgumentResult result, T min, T max)
        where T : struct, INumber<T>
    {
        if (T.TryParse(Word(result), CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        var name = (result.Parent as OptionResult)?.Option.Name;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{Word(result)}'; write a number from {min} to {max}"));
        return default;
    }

    private static string Word(ArgumentResult result) => result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
}
