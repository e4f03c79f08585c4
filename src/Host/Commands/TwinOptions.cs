using System.CommandLine.Parsing;
using System.CommandLine;
using System.Globalization;
using Culvert.Host.Output;
using Culvert.Packets;
using Culvert.Tools.Replay;

namespace Culvert.Host.Commands;

/// <summary>The options of <c>culvert replay --twin</c>.</summary>
internal sealed class TwinOptions
{
    private readonly Option<bool> _twin = new("--twin")
    {
        Description = "Runs both ends of the tunnel in this process: in at site A, over a link in memory, out at site B.",
    };

    private readonly Option<double> _loss = Share("--loss", "The share of datagrams that the link loses: 0.01 or 1%.");
    private readonly Option<double> _reorder = Share("--reorder", "The share that a later datagram passes.");
    private readonly Option<double> _duplicate = Share("--duplicate", "The share that arrives twice.");
    private readonly Option<int> _seed = new("--seed")
    {
        Description = "What the link's random numbers start from; the same seed gives the same result.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
        CustomParser = result => OptionValues.Number(result, int.MinValue, int.MaxValue),
    };

    private TwinOptions()
    {
    }

    public static TwinOptions Create() => new();

    /// <summary>Adds the options, and the rules which go together.</summary>
    public void AddTo(Command command, Option<Direction> direction)
    {
        command.Add(_twin);
        Option[] link = [_loss, _reorder, _duplicate, _seed];
        foreach (var option in link)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            var twin = result.GetValue(_twin);
            if (!twin && link.FirstOrDefault(option => IsGiven(result, option)) is { } stray)
            {
                result.AddError($"{stray.Name} is about the link between two sites; it goes with --twin");
            }

            if (twin && IsGiven(result, direction))
            {
                result.AddError("--direction does not go with --twin: packets go in at site A and out at site B");
            }
        });
    }

    /// <summary>The requested conditions; null without a twin.</summary>
    public TwinConditions? Read(ParseResult parsed) => !parsed.GetValue(_twin) ? null : new TwinConditions
    {
        Loss = parsed.GetValue(_loss),
        Reorder = parsed.GetValue(_reorder),
        Duplicate = parsed.GetValue(_duplicate),
        Seed = parsed.GetValue(_seed),
    };

    private static bool IsGiven(CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };

    private static Option<double> Share(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SHARE",
        CustomParser = result =>
        {
            const double PerCent = 100;
            var word = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
            var percent = word.EndsWith('%');
            var read = double.TryParse(percent ? word[..^1] : word, CultureInfo.InvariantCulture, out var number);
            var share = percent ? number / PerCent : number;
            if (!read || share is not (>= 0 and <= 1))
            {
                result.AddError($"{name} is '{word}'; write a share from 0 to 1, or from 0% to 100%");
            }

            return share;
        },
    };
}
