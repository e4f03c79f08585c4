namespace Culvert.Tools.Views;

/// <summary>What keeps a pipeline from its work.</summary>
/// <param name="Cause">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record ProblemView(string Cause, string Remedy);
