using System.CommandLine;

namespace Culvert.Packaging.Manuals;

/// <summary>culvert(1) and a page for every command, from the definitions that parse the command line.</summary>
internal static class CommandPages
{
    public static IEnumerable<RoffPage> Create(DateTimeOffset date)
    {
        var commands = Host.Program.Commands.Select(command => command.Create()).Where(command => !command.Hidden).ToList();
        yield return Overview(commands, date);
        foreach (var command in commands)
        {
            yield return One(command, date);
        }
    }

    private static RoffPage Overview(List<Command> commands, DateTimeOffset date)
    {
        var page = new RoffPage("culvert", 1, "site-to-site tunnel whose data path is a list of stages in a file", date);
        page.Section("SYNOPSIS").Paragraph("culvert COMMAND [OPTION...] [ARGUMENT...]");
        page.Section("DESCRIPTION").Paragraph(
            "Culvert passes packets between a network device and a socket through the stages that pipeline.yaml(5) lists. Data goes to standard output, "
            + "errors and warnings to standard error.");
        page.Section("COMMANDS");
        foreach (var command in commands)
        {
            page.Entry($"culvert-{command.Name}(1)", command.Description ?? "");
        }

        page.Section("FILES")
            .Entry("/etc/culvert/NAME.yaml", "The pipeline of culvert@NAME.service.")
            .Entry("/run/culvert/", "Control sockets of running pipelines.")
            .Entry("/usr/lib/culvert/plugins/", "The plugins of the package. Others are found by the key plugin-paths.");
        return Close(page, "pipeline.yaml(5), wg(8)");
    }

    private static RoffPage One(Command command, DateTimeOffset date)
    {
        var description = command.Description ?? "";
        var page = new RoffPage($"culvert-{command.Name}", 1, Summary(description), date);
        var options = command.Options.Where(option => !option.Hidden).ToList();
        var arguments = command.Arguments.Where(argument => !argument.Hidden).ToList();
        page.Section("SYNOPSIS").Paragraph(string.Join(' ', [$"culvert {command.Name}", .. options.Count > 0 ? ["[OPTION...]"] : Array.Empty<string>(), .. arguments.Select(Form)]));
        page.Section("DESCRIPTION").Paragraph(description);
        if (arguments.Count > 0)
        {
            page.Section("ARGUMENTS");
            arguments.ForEach(argument => page.Entry(argument.Name, argument.Description ?? ""));
        }

        if (options.Count > 0)
        {
            page.Section("OPTIONS");
            options.ForEach(option => page.Entry(Form(option), option.Description ?? ""));
        }

        return Close(page, "culvert(1), pipeline.yaml(5)");
    }

    private static RoffPage Close(RoffPage page, string others) => page
        .Section("EXIT STATUS")
        .Entry("0", "Success.")
        .Entry("1", "Failure: a device lost, a port in use, no running pipeline.")
        .Entry("2", "Wrong command line or file; nothing was opened.")
        .Section("SEE ALSO").Paragraph(others);

    // The part before the first colon or full stop: the line that apropos(1) searches.
    private static string Summary(string description)
    {
        var end = description.IndexOfAny([':', '.', ';']);
        var first = end < 0 ? description : description[..end];
        return first.Length == 0 ? "a command of culvert" : char.ToLowerInvariant(first[0]) + first[1..];
    }

    private static string Form(Argument argument) => argument.Arity.MinimumNumberOfValues == 0 || argument.HasDefaultValue ? $"[{argument.Name}]" : argument.Name;

    private static string Form(Option option)
    {
        var names = string.Join(", ", option.Aliases.Where(alias => alias.StartsWith('-')).Prepend(option.Name).Distinct());
        return option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) ? names : $"{names} {option.HelpName ?? "VALUE"}";
    }
}
