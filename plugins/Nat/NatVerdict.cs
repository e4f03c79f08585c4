namespace Culvert.Plugins.Nat;

/// <summary>What a translator did with a packet.</summary>
internal enum NatVerdict
{
    /// <summary>It was translated.</summary>
    Translated,

    /// <summary>It has no address that is translated, and passes.</summary>
    Untouched,

    /// <summary>It was translated twice: it goes from one host of this side to another, and must turn around.</summary>
    Hairpin,

    /// <summary>It is for the shared address, but for no port that a host has.</summary>
    NoMapping,

    /// <summary>Its protocol has no ports that can be translated, or its address cannot be mapped.</summary>
    Untranslatable,

    /// <summary>The table is full, or all ports are in use.</summary>
    TableFull,

    /// <summary>Its headers are cut or contradict themselves.</summary>
    Malformed,
}
