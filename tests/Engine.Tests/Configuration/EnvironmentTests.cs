using Culvert.Engine.Configuration;

namespace Engine.Tests.Configuration;

/// <summary><c>${NAME}</c> in the values of a file.</summary>
public sealed class EnvironmentTests : IDisposable
{
    private const string Set = "CULVERT_TEST_SET";
    private const string Unset = "CULVERT_TEST_UNSET";

    public EnvironmentTests() => Environment.SetEnvironmentVariable(Set, "x ${CULVERT_TEST_SET}: [1]");

    [Theory]
    [InlineData("plain $ text $NAME $", "plain $ text $NAME $")]
    [InlineData("a${CULVERT_TEST_SET}b", "ax ${CULVERT_TEST_SET}: [1]b")]
    [InlineData("$${CULVERT_TEST_SET}", "${CULVERT_TEST_SET}")]
    [InlineData("$$${CULVERT_TEST_SET}", "$${CULVERT_TEST_SET}")]
    [InlineData("$${CULVERT_TEST_UNSET} $${", "${CULVERT_TEST_UNSET} ${")]
    public void Variables_are_put_in_place_once(string text, string expanded)
    {
        Assert.True(EnvironmentText.TryExpand(text, out var value, out _));
        Assert.Equal(expanded, value);
    }

    [Theory]
    [InlineData("${CULVERT_TEST_UNSET}", "the environment variable 'CULVERT_TEST_UNSET' is not set")]
    [InlineData("${}", "'${' is not followed by a variable's name and '}'")]
    [InlineData("a ${NOT CLOSED", "'${' is not followed by a variable's name and '}'")]
    [InlineData("${9}", "'${' is not followed by a variable's name and '}'")]
    public void What_cannot_be_put_in_place_is_told(string text, string message)
    {
        Assert.False(EnvironmentText.TryExpand(text, out _, out var problem));
        Assert.Equal(message, problem.Message);
        Assert.Contains("$${", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_keeps_its_place_and_its_type_and_is_never_YAML()
    {
        Environment.SetEnvironmentVariable(Set, "1400");
        var loaded = Yaml.Load("stages:\n  - {stage: tun, device: a, mtu: \"${CULVERT_TEST_SET}\"}\n  - stage: plaintext\n  - stage: udp\n");
        Assert.True(loaded.IsValid, Yaml.Diagnostics(loaded));
        Assert.Equal(1400, ((TunModelOptions)loaded.File.Stages[0].Options).Mtu);

        Environment.SetEnvironmentVariable(Set, "a\nmtu: 1300");
        Assert.Contains(
            "(3,10): error CV1104: 'mtu' is 'a mtu: 1300'",
            Yaml.Diagnostics(Yaml.Load("stages:\n  - stage: tun\n    mtu: ${CULVERT_TEST_SET}\n  - stage: plaintext\n  - stage: udp\n")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_is_not_set_is_one_error_with_its_place()
    {
        var text = Yaml.Diagnostics(Yaml.Load($"stages:\n  - stage: tun\n    device: a\n    mtu: ${{{Unset}}}\n  - stage: plaintext\n  - stage: udp\n"));
        Assert.Contains($"(4,10): error CV1110: the environment variable '{Unset}' is not set; set it where the program is started", text, StringComparison.Ordinal);
        Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose() => Environment.SetEnvironmentVariable(Set, null);
}
