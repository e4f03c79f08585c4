using Culvert.Host;

namespace Tools.Tests.Output;

public sealed class CommandNamesTests
{
    [Fact]
    public void Each_command_is_created_by_its_name() =>
        Assert.All(Program.Commands, command => Assert.Equal(command.Name, command.Create().Name));

    [Fact]
    public async Task Help_lists_every_command_that_is_not_hidden()
    {
        var (code, output, _) = await CommandLine.Run("--help");
        Assert.Equal(0, code);
        Assert.All(
            Program.Commands.Where(command => !command.Create().Hidden), command => Assert.Contains($"\n  {command.Name} ", output, StringComparison.Ordinal));
    }
}
