using System.CommandLine;

namespace Culvert.Host.Commands;

/// <summary><c>culvert help [COMMAND]</c>: the same as <c>culvert [COMMAND] --help</c>.</summary>
internal static class HelpCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("COMMAND") { Description = "A command.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("help", "Shows the commands, or one command's arguments and options.") { name };
        command.SetAction(async parsed =>
        {
            var streams = parsed.InvocationConfiguration;
            var one = parsed.GetValue(name);
            if (one is not null && Program.Commands.All(known => known.Name != one))
            {
                streams.Error.WriteLine($"culvert help: '{one}' is not a command; 'culvert help' lists them");
                return ExitCodes.WrongInput;
            }

            return await Program.RunAsync(one is null ? ["--help"] : [one, "--help"], streams);
        });
        return command;
    }
}
