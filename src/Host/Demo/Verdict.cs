namespace Culvert.Host.Demo;

/// <summary>What the demo set out to observe, and whether it did.</summary>
internal sealed class Verdict
{
    private readonly List<(bool Observed, string What)> _items = [];

    /// <summary>True when there is something and all of it was observed.</summary>
    public bool IsGood => _items.Count > 0 && _items.All(item => item.Observed);

    public void Add(bool observed, string what) => _items.Add((observed, what));

    public void Print(TextWriter output)
    {
        foreach (var (observed, what) in _items)
        {
            output.WriteLine($"  {(observed ? "yes" : "NO "),-4} {what}");
        }
    }
}
