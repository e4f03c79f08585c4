using System.Globalization;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.WgQuick;

/// <summary>One section of a wg-quick file: its settings in the file's order. Keys compare without regard to case, as wg reads them.</summary>
internal sealed class WgQuickSection
{
    private readonly List<(string Key, string Value, int Line)> _settings = [];

    /// <summary>Every setting.</summary>
    public IReadOnlyList<(string Key, string Value, int Line)> Settings => _settings;

    /// <summary>Adds a setting.</summary>
    public void Add(string key, string value, int line) => _settings.Add((key, value, line));

    /// <summary>The line of its header; 0 for a section that is not there.</summary>
    public int Line { get; set; }

    /// <summary>The last value of a key that may be given once; null when it is not there.</summary>
    public string? Get(string key) => _settings.LastOrDefault(setting => Is(setting.Key, key)).Value;

    /// <summary>The line of a key's last value, else that of the section.</summary>
    public int LineOf(string key) => _settings.LastOrDefault(setting => Is(setting.Key, key)).Line is > 0 and var line ? line : Line;

    /// <summary>The items of a key whose values are lists and which may be given again, with their lines.</summary>
    public IReadOnlyList<(string Text, int Line)> GetList(string key) => [.. _settings.Where(setting => Is(setting.Key, key))
        .SelectMany(setting => setting.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(item => (item, setting.Line)))];

    private static bool Is(string key, string name) => key.Equals(name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A file of wg-quick (its manual page, wg-quick(8), and wg(8)): one interface and its peers.</summary>
internal sealed class WgQuickFile
{
    private readonly List<WgQuickSection> _peers = [];

    private WgQuickFile()
    {
    }

    /// <summary>The section [Interface].</summary>
    public WgQuickSection Interface { get; } = new();

    /// <summary>The sections [Peer].</summary>
    public IReadOnlyList<WgQuickSection> Peers => _peers;

    /// <summary>Reads a file.</summary>
    /// <param name="lines">Its lines.</param>
    /// <param name="errors">What is wrong, each with its line: <c>7: …</c>; never a value, which may be a key.</param>
    public static WgQuickFile Parse(IEnumerable<string> lines, out IReadOnlyList<string> errors)
    {
        var file = new WgQuickFile();
        var found = new List<string>();
        WgQuickSection? section = null;
        var hasInterface = false;
        var number = 0;
        foreach (var raw in lines)
        {
            number++;
            var line = raw.Split('#')[0].Trim();
            if (line.Any(IsHidden))
            {
                found.Add($"{number}: a control character or an invisible one; remove it");
                continue;
            }

            if (line.Length == 0)
            {
                continue;
            }

            if (line.StartsWith('['))
            {
                section = file.Open(line);
                hasInterface |= section == file.Interface;
                if (section is null)
                {
                    found.Add($"{number}: only [Interface] and [Peer] are sections");
                }
                else if (section.Line == 0)
                {
                    section.Line = number;
                }

                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || section is null)
            {
                found.Add($"{number}: " + (equals <= 0 ? "a line is Key = Value" : "this setting is outside a section"));
                continue;
            }

            var (key, value) = (line[..equals].Trim(), line[(equals + 1)..].Trim());
            if (SecretMask.Masks(key) || (SecretMask.Masks(value) && !key.EndsWith("Key", StringComparison.OrdinalIgnoreCase)))
            {
                found.Add($"{number}: a value that could be a key is not where a key belongs");
                continue;
            }

            section.Add(key, value, number);
        }

        if (!hasInterface)
        {
            found.Add("1: there is no [Interface]");
        }

        errors = found;
        return file;
    }

    // Not for people to see, and line breaks elsewhere than here: what they hide is not what the file seems to say.
    private static bool IsHidden(char letter) => (char.IsControl(letter) && letter != '\t') || char.GetUnicodeCategory(letter)
        is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format;

    private WgQuickSection? Open(string header)
    {
        if (header.Equals("[Interface]", StringComparison.OrdinalIgnoreCase))
        {
            return Interface;
        }

        if (!header.Equals("[Peer]", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        _peers.Add(new WgQuickSection());
        return _peers[^1];
    }
}
