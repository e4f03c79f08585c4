namespace Culvert.Plugins.StatefulFilter;

/// <summary>The verdict of a rule.</summary>
internal enum FilterVerdict
{
    /// <summary>The packet passes.</summary>
    Allow,

    /// <summary>The packet is dropped.</summary>
    Drop,

    /// <summary>The packet is dropped and answered.</summary>
    Reject,
}
