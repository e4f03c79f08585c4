namespace Culvert.Filtering.Grammar;

/// <summary>The end of a packet, source or destination, that a condition compares.</summary>
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
