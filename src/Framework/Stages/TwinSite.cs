namespace Culvert.Stages;

/// <summary>One of the two sites of <c>culvert replay --twin</c>.</summary>
public enum TwinSite
{
    /// <summary>The site at which the captured packets enter the tunnel.</summary>
    A,

    /// <summary>The site at which they leave the tunnel.</summary>
    B,
}
