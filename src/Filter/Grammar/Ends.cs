namespace Culvert.Filtering.Grammar;

/// <summary>Which of a packet's two addresses or ports a condition compares.</summary>
internal enum Ends
{
    /// <summary>Either one.</summary>
    Either,

    /// <summary>The source.</summary>
    Source,

    /// <summary>The destination.</summary>
    Destination,

    /// <summary>Both.</summary>
    Both,
}
