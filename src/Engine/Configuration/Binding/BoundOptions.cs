namespace Culvert.Engine.Configuration.Binding;

/// <summary>Options that were read from a mapping.</summary>
/// <param name="Options">An object of the schema's class; a wrong value is replaced by its default.</param>
/// <param name="IsValid">True when nothing was reported.</param>
/// <param name="IsComplete">True when every required key has a value.</param>
internal sealed record BoundOptions(object Options, bool IsValid, bool IsComplete);
