namespace Culvert.Host.Top;

/// <summary>What a key of <c>culvert top</c> asks for.</summary>
internal enum TopKey
{
    /// <summary>Nothing: the key has no meaning.</summary>
    None,

    /// <summary>The end.</summary>
    Quit,

    /// <summary>Back to the overview; the end, from there.</summary>
    Back,

    /// <summary>The stage or the peer that is selected.</summary>
    Open,

    /// <summary>One line up.</summary>
    Up,

    /// <summary>One line down.</summary>
    Down,

    /// <summary>A screen up.</summary>
    PageUp,

    /// <summary>A screen down.</summary>
    PageDown,

    /// <summary>The first line.</summary>
    Home,

    /// <summary>The last line.</summary>
    End,

    /// <summary>From the chain to the peers and back.</summary>
    Switch,

    /// <summary>The next order of the peers.</summary>
    Sort,

    /// <summary>Stop to renew, and begin again.</summary>
    Pause,

    /// <summary>The list of keys.</summary>
    Help,
}

/// <summary>The keys of <c>culvert top</c>.</summary>
internal static class TopKeys
{
    /// <summary>The keys with what they do, for the help.</summary>
    public static IReadOnlyList<(string Key, string Meaning)> All { get; } =
    [
        ("↑ ↓, k j", "Select a stage or a peer; scroll."), ("PgUp PgDn", "The same by a screen."), ("Home End", "The first, the last."),
        ("Tab, ← →", "Switch between the chain and the peers."), ("Enter", "Open what is selected."), ("Esc", "Go back; quit from the overview."),
        ("s", "Sort the peers by the next column."), ("p, Space", "Pause, continue."), ("?, h", "Show this help."), ("q, Ctrl-C", "Quit."),
    ];

    /// <summary>The meaning of a key.</summary>
    public static TopKey Of(ConsoleKeyInfo key) => key.Key switch
    {
        ConsoleKey.UpArrow => TopKey.Up,
        ConsoleKey.DownArrow => TopKey.Down,
        ConsoleKey.LeftArrow or ConsoleKey.RightArrow or ConsoleKey.Tab => TopKey.Switch,
        ConsoleKey.PageUp => TopKey.PageUp,
        ConsoleKey.PageDown => TopKey.PageDown,
        ConsoleKey.Home => TopKey.Home,
        ConsoleKey.End => TopKey.End,
        ConsoleKey.Enter => TopKey.Open,
        ConsoleKey.Escape => TopKey.Back,
        _ => Of(key.KeyChar),
    };

    private static TopKey Of(char letter) => letter switch
    {
        'q' or 'Q' or '\u0003' => TopKey.Quit,
        'k' => TopKey.Up,
        'j' => TopKey.Down,
        's' or 'S' => TopKey.Sort,
        'p' or 'P' or ' ' => TopKey.Pause,
        '?' or 'h' or 'H' => TopKey.Help,
        '\r' or '\n' => TopKey.Open,
        _ => TopKey.None,
    };
}
