namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>What a packet is to the flow table.</summary>
internal enum FlowFinding
{
    /// <summary>It belongs to a known flow, or quotes one, and passes.</summary>
    Known,

    /// <summary>It belongs to a known flow, passes, and changes nothing.</summary>
    Ignored,

    /// <summary>It would start a flow: the rules decide.</summary>
    New,

    /// <summary>It is of no flow and starts none, but may pass by itself: the rules decide.</summary>
    Single,

    /// <summary>It can only belong to a flow, and there is none.</summary>
    NoFlow,

    /// <summary>It belongs to a known connection, but no receiver would accept it.</summary>
    OutOfWindow,

    /// <summary>Its headers are cut or contradict themselves.</summary>
    Malformed,
}
