namespace Culvert.Plugins.Plaintext;

/// <summary>The stage has no options: writing it is the whole statement.</summary>
public sealed record PlaintextOptions;
