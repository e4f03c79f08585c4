namespace Culvert.Engine.Guarding;

/// <summary>A member of a plugin's code, for messages.</summary>
/// <param name="What">The member, or its kind: <c>Shape</c>, <c>the init accessor of</c>.</param>
/// <param name="Of">The name that completes the kind; null for none.</param>
internal readonly record struct Member(string What, string? Of = null)
{
    /// <summary>As it is written in a sentence.</summary>
    public override string ToString() => Of is null ? What : $"{What} '{Of}'";
}
