using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Guarding;
using Culvert.Engine.Running;
using Culvert.Options;

namespace Engine.Tests.Running;

/// <summary>Options of a plugin whose own code throws: the member is named, so that a reload can keep the old chain and say why.</summary>
public class OptionsComparisonTests
{
    [Fact]
    public void A_comparison_that_throws_is_named()
    {
        Assert.True(OptionsComparison.Same(new Options { Number = 1 }, new Options { Number = 1 }));
        var error = Assert.Throws<PluginException>(
            () => OptionsComparison.Same(new Options { Value = new Quarrelsome() }, new Options { Value = new Quarrelsome() }));
        Assert.Equal("Equals of 'Quarrelsome' threw InvalidOperationException: I am equal to no one", error.Message);
    }

    [Fact]
    public void A_getter_that_throws_is_named() => Assert.Equal(
        "the get accessor of 'File' threw InvalidOperationException: I do not say",
        Assert.Throws<PluginException>(() => NamedFiles.Of(new Secretive())).Message);

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
