namespace Culvert.Endpoints;

/// <summary>A file of a <see cref="ReadySet"/> that is ready.</summary>
/// <param name="Token">The number that it was added with.</param>
/// <param name="CanRead">Whether it can be read, or has an error that reading reports.</param>
/// <param name="CanWrite">Whether it can be written; only where that was asked for.</param>
public readonly record struct ReadyFile(long Token, bool CanRead, bool CanWrite);
