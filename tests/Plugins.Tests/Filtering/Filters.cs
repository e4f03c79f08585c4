using System.Globalization;
using Culvert.Filtering;
using Culvert.Plugins.StatefulFilter;
using Culvert.Testing;

namespace Plugins.Tests.Filtering;

/// <summary>Filters for tests, from rules as pipeline.yaml spells them.</summary>
internal static class Filters
{
    /// <summary>Reads rules such as <c>allow icmp</c>, with <c>as NAME</c> at the end for a name.</summary>
    public static FilterOptions Of(params string[] rules) => new() { Rules = [.. rules.Select(Rule)] };

    public static StageHarness<FilterStage> Start(FilterOptions options, TestStageContext? context = null) =>
        StageHarness.Create<FilterStage, FilterOptions>(options, context);

    private static RuleOptions Rule(string text)
    {
        var (verdict, rest) = (text.Split(' ')[0], text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        var named = rest.Split(" as ");
        Assert.True(PacketFilter.TryParse(named[0], out var filter, out var error), error?.ToString());
        var name = named.Length > 1 ? named[1] : null;
        return verdict switch
        {
            "allow" => new() { Allow = filter, Name = name },
            "drop" => new() { Drop = filter, Name = name },
            "reject" => new() { Reject = filter, Name = name },
            _ => throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"'{verdict}' is not a verdict."), nameof(text)),
        };
    }
}
