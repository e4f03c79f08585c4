using System.CommandLine.Invocation;
using System.CommandLine;
using Culvert.Engine.Diagnostics;
using Culvert.Host.Commands;
using Culvert.Host.Demo;
using Culvert.Host.Output;
using Culvert.Host.Wg;

namespace Culvert.Host;

/// <summary>The command line: one command a file, in <c>Commands/</c>, each with a static <c>Create</c>.</summary>
internal static class Program
{
    /// <summary>Every command by its name, so that a call which names one makes no others.</summary>
    internal static IReadOnlyList<(string Name, Func<Command> Create)> Commands { get; } =
    [
        ("check", CheckCommand.Create),
        ("doctor", DoctorCommand.Create),
        ("stages", StagesCommand.Create),
        ("schema", SchemaCommand.Create),
        ("run", RunCommand.Create),
        ("reload", ReloadCommand.Create),
        ("stop", StopCommand.Create),
        ("list", ListCommand.Create),
        ("status", StatusCommand.Create),
        ("top", TopCommand.Create),
        ("trace", TraceCommand.Create),
        ("events", EventsCommand.Create),
        ("capture", CaptureCommand.Create),
        ("extcap", ExtcapCommand.Create),
        ("replay", ReplayCommand.Create),
        ("explain", ExplainCommand.Create),
        ("test", TestCommand.Create),
        ("diff", DiffCommand.Create),
        ("keygen", KeygenCommand.Create),
        ("pubkey", PubkeyCommand.Create),
        ("import", ImportCommand.Create),
        ("export", ExportCommand.Create),
        ("wg", WgCommand.Create),
        ("demo", DemoCommand.Create),
        ("version", VersionCommand.Create),
        ("help", HelpCommand.Create),
        (DemoCommand.InsideName, DemoCommand.CreateInside),
    ];

    private static Task<int> Main(string[] args) => RunAsync(ProgramName.Expand(args), new InvocationConfiguration());

    /// <summary>Parses and runs one command line.</summary>
    /// <param name="args">What follows the program's name.</param>
    /// <param name="configuration">Where data and errors are written.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    internal static async Task<int> RunAsync(string[] args, InvocationConfiguration configuration)
    {
        // Long-running commands handle signals themselves and close gracefully.
        configuration.ProcessTerminationTimeout = null;
        configuration.EnableDefaultExceptionHandler = false;
        // Messages quote files, other programs and other users.
        configuration.Error = new VisibleWriter(new MaskingWriter(configuration.Error));
        var root = new RootCommand("Culvert: a site-to-site tunnel whose data path is a list of stages in a file.");
        var named = args.Length == 0 ? -1 : Commands.ToList().FindIndex(command => command.Name == args[0]);
        foreach (var (_, create) in named < 0 ? Commands : [Commands[named]])
        {
            root.Subcommands.Add(create());
        }

        if (args.Where((_, index) => index == 0 || args[index - 1] != ExplainCommand.HexOption).Any(arg => SecretMask.IsKeyNotPath(arg.TrimStart('-', '@'), arg)))
        {
            configuration.Error.WriteLine(
                "an argument could be a key (not shown); put keys into files: every user of this machine may list the arguments of programs");
            return ExitCodes.WrongInput;
        }

        ParseResult parsed;
        try
        {
            parsed = root.Parse(args);
        }
        catch (InvalidOperationException error)
        {
            // A rule of an option asked for its value, and it is of another type: that the library throws and does not report.
            configuration.Error.WriteLine(error.Message);
            return ExitCodes.WrongInput;
        }

        if (CommandLineRules.FindMistake(parsed) is { } mistake)
        {
            configuration.Error.WriteLine(mistake);
            return ExitCodes.WrongInput;
        }

        if (parsed.Errors.Count == 0)
        {
            return await InvokeAsync(parsed, configuration);
        }

        // A wrong command line is no data: all that is said about it goes to standard error, help only to who wrote nothing at all.
        if (parsed.Action is ParseErrorAction action)
        {
            action.ShowHelp = args.Length == 0;
        }

        await parsed.InvokeAsync(new InvocationConfiguration { Output = configuration.Error, Error = configuration.Error });
        return ExitCodes.WrongInput;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed, InvocationConfiguration configuration)
    {
        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Failure;
        }
        catch (IOException error)
        {
            // Most likely standard output itself: a full disk, a terminal that has gone.
            Report(configuration.Error, $"error: {error.Message.TrimEnd('.')}");
            return ExitCodes.Failure;
        }
        catch (Exception error)
        {
            Report(configuration.Error, $"error: this is a bug of the program: {error}");
            return ExitCodes.Failure;
        }
    }

    private static void Report(TextWriter errors, string text)
    {
        try
        {
            errors.WriteLine(text);
        }
        catch (IOException)
        {
            // Nobody can be told.
        }
    }
}
