namespace Culvert.Stages;

/// <summary>One of the two sites of <c>culvert replay --twin</c>.</summary>
public enum TwinSite
{
    /// <summary>Where the captured packets enter the tunnel.</summary>
    A,

    /// <summary>Where they leave it.</summary>
    B,
}
