using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Running;
using Culvert.Options;

namespace Engine.Tests.Running;

/// <summary>Options of a plugin whose own code throws end no reload.</summary>
public class OptionsComparisonTests
{
    [Fact]
    public void Options_whose_comparison_throws_are_taken_for_changed()
    {
        Assert.True(OptionsComparison.Same(new Options { Number = 1 }, new Options { Number = 1 }));
        Assert.False(OptionsComparison.Same(new Options { Value = new Quarrelsome() }, new Options { Value = new Quarrelsome() }));
    }

    [Fact]
    public void Options_whose_getter_throws_name_no_files() =>
        Assert.True(NamedFiles.Of(new Secretive()).SameAs(NamedFiles.Of(new Secretive())));

    private sealed record Options
    {
        [Option("A number.")]
        public int Number { get; init; }

        [Option("A value.")]
        public Quarrelsome? Value { get; init; }
    }

    private sealed record Secretive
    {
        [Option("A file.")]
        public FilePath File => throw new InvalidOperationException("I do not say.");
    }

    [SuppressMessage("Design", "CA1065", Justification = "A plugin's mistake.")]
    private sealed class Quarrelsome
    {
        public override bool Equals(object? obj) => throw new InvalidOperationException("I am equal to no one.");

        public override int GetHashCode() => 0;
    }
}
