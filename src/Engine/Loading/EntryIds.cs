using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Loading;

/// <summary>
/// Gives every entry its id: the one in the file, or the stage's name, numbered when it repeats. Disabled entries count too, so that
/// switching one off renames no other.
/// </summary>
internal static partial class EntryIds
{
    public static void Assign(IReadOnlyList<EntryDraft> entries, DiagnosticBag diagnostics)
    {
        Dictionary<string, EntryDraft> taken = new(StringComparer.Ordinal);
        foreach (var entry in entries.Where(entry => entry.Keys.Id is not null))
        {
            entry.Id = entry.Keys.Id!;
            if (!Word().IsMatch(entry.Id))
            {
                diagnostics.Add(
                    DiagnosticCodes.BadId, entry.PositionOf("id"), $"the id '{entry.Id}' is not a plain word",
                    "use letters, digits, hyphens, underscores and dots, up to 64");
            }
            else if (!taken.TryAdd(entry.Id, entry))
            {
                diagnostics.Add(
                    DiagnosticCodes.DuplicateId, entry.PositionOf("id"),
                    $"the id '{entry.Id}' is taken by the entry in line {taken[entry.Id].Node.Position.Line}", "give each entry an id of its own");
            }
        }

        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        foreach (var entry in entries.Where(entry => entry.Keys.Id is null))
        {
            var number = numbers.GetValueOrDefault(entry.Keys.Stage);
            do
            {
                number++;
                entry.Id = number == 1 ? entry.Keys.Stage : string.Create(CultureInfo.InvariantCulture, $"{entry.Keys.Stage}-{number}");
            }
            while (!taken.TryAdd(entry.Id, entry));

            numbers[entry.Keys.Stage] = number;
        }
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex Word();
}
