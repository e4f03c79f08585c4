namespace Culvert.Options;

/// <summary>Finds the most likely meaning of a misspelt word.</summary>
internal static class Suggestion
{
    private const int LongestWord = 64;

    /// <summary>The nearest of the known words, if it is near enough.</summary>
    /// <param name="word">As written.</param>
    /// <param name="known">What may be written.</param>
    /// <returns>Null when nothing is near: more than a third of the word differs.</returns>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(known);
        if (word.Length > LongestWord)
        {
            return null;
        }

        var given = Plain(word);
        var nearest = known
            .Select(candidate => (Candidate: candidate, Distance: Distance(given, Plain(candidate))))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return nearest.Candidate is not null && nearest.Distance <= Math.Max(1, Math.Max(word.Length, nearest.Candidate.Length) / 3)
            ? nearest.Candidate
            : null;
    }

    /// <summary>A remedy: <c>did you mean 'device'?</c>, or else the list of what there is.</summary>
    /// <param name="word">As written.</param>
    /// <param name="known">What may be written.</param>
    /// <param name="otherwise">How the list is introduced: <c>"the keys are"</c>.</param>
    public static string Remedy(string word, IReadOnlyCollection<string> known, string otherwise)
    {
        var nearest = Nearest(word, known);
        return nearest is not null ? $"did you mean '{nearest}'?" : $"{otherwise} {string.Join(", ", known)}";
    }

    // path_mtu, PathMtu and path-mtu are the same word to a reader.
    private static string Plain(string word) =>
        word.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    // Damerau-Levenshtein in its optimal string alignment form: insertions, deletions, changes and swaps of neighbours each cost 1.
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                table[i, j] = Cost(table, a, b, i, j);
            }
        }

        return table[a.Length, b.Length];
    }

    private static int Cost(int[,] table, string a, string b, int i, int j)
    {
        if (i == 0 || j == 0)
        {
            return i + j;
        }

        var change = a[i - 1] == b[j - 1] ? 0 : 1;
        var least = Math.Min(table[i - 1, j - 1] + change, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
        var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return swapped ? Math.Min(least, table[i - 2, j - 2] + 1) : least;
    }
}
