using System.CommandLine;
using System.CommandLine.Parsing;

namespace Culvert.Host.Commands;

/// <summary>The rules that every command line obeys, beyond those of its command.</summary>
internal static class CommandLineRules
{
    /// <summary>The name of an argument that may be empty: an empty filter matches everything.</summary>
    public const string Filter = "FILTER";

    /// <summary>Finds an unknown option, which the parser takes for a value wherever one fits, or a value that is empty.</summary>
    /// <returns>The message; null when there is nothing.</returns>
    public static string? FindMistake(ParseResult parsed)
    {
        var name = parsed.CommandResult.Command is RootCommand ? "culvert" : $"culvert {parsed.CommandResult.Command.Name}";
        var stray = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).FirstOrDefault(token => token.Type == TokenType.Argument && IsOption(token.Value));
        if (stray is not null)
        {
            return $"'{stray.Value}' is not an option of '{name}'; '{name} --help' lists them";
        }

        // A command's own rule says more.
        var empty = parsed.Errors.Count > 0 ? null : parsed.CommandResult.Children
            .Where(result => result.Tokens.Any(token => token.Value.Length == 0)).Select(NameOf).FirstOrDefault(one => one is not null);
        return empty is null ? null : $"{name}: {empty} is empty; write a value or leave it out";
    }

    // A lone '-' is standard input, and '-1' a number.
    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-' && (word[1] == '-' || char.IsAsciiLetter(word[1]));

    private static string? NameOf(SymbolResult result) => result switch
    {
        ArgumentResult { Argument.Name: not Filter } argument => argument.Argument.Name,
        OptionResult { Option.HelpName: not Filter } option => option.Option.Name,
        _ => null,
    };
}
