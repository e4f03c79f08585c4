using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;
using Culvert.Options;

namespace Culvert.Tools.Cases;

/// <summary>What a test expects stages to have counted at its end. Immutable.</summary>
internal sealed class CounterExpectation : IOptionValue<CounterExpectation>
{
    public static string Expected => "a mapping of stages to counters, for example {mss-clamp: {clamped: 1}}";

    public static string JsonSchema =>
        """{"type":"object","additionalProperties":{"type":"object","additionalProperties":{"type":"integer","minimum":0}}}""";

    /// <summary>The counters by stage and name.</summary>
    public required IReadOnlyList<ExpectedCounter> Counters { get; init; }

    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out CounterExpectation? value, out string? error)
    {
        error = null;
        value = null;
        if (node is not FileNode { FileEntries: { } stages })
        {
            return false;
        }

        List<ExpectedCounter> counters = [];
        foreach (var (stage, _, names) in stages)
        {
            foreach (var (name, position, count) in names.FileEntries ?? [])
            {
                if (!long.TryParse(count.Scalar, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    error = $"'{stage}.{name}' is {count.Describe()}; write a number";
                    return false;
                }

                counters.Add(new ExpectedCounter(position, stage, name, number));
            }

            if (names.FileEntries is null)
            {
                error = $"'{stage}' is {names.Describe()}; write {stage}: {{COUNTER: NUMBER}}";
                return false;
            }
        }

        value = new CounterExpectation { Counters = counters };
        return true;
    }
}

/// <summary>A counter's expected value.</summary>
/// <param name="Position">Where it is written.</param>
/// <param name="Stage">The stage's id.</param>
/// <param name="Name">Its name, over all tags; or its name and the values of its tags, <c>clamped (outbound, ipv4)</c>.</param>
/// <param name="Value">The value.</param>
internal sealed record ExpectedCounter(SourcePosition Position, string Stage, string Name, long Value);
