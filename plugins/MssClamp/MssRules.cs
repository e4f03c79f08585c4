using Culvert.Options;
using Culvert.Stages;

namespace Culvert.Plugins.MssClamp;

/// <summary>Which limits make sense: judged when the file is read, before anything is opened.</summary>
internal static class MssRules
{
    private const string Key = "mss";

    /// <summary>Judges the numbers in the file.</summary>
    public static void CheckNumbers(MssSetting mss, OptionsReport report)
    {
        CheckNumber(MssFamily.Ipv4, mss.Ipv4, report);
        CheckNumber(MssFamily.Ipv6, mss.Ipv6, report);
    }

    /// <summary>Judges what follows from the plan, and numbers in the file against it.</summary>
    public static void CheckPlan(MssSetting mss, StagePlan plan, OptionsReport report)
    {
        CheckPlan(MssFamily.Ipv4, mss.Ipv4, plan, report);
        CheckPlan(MssFamily.Ipv6, mss.Ipv6, plan, report);
    }

    private static void CheckNumber(MssFamily family, MssValue value, OptionsReport report)
    {
        if (value.Number is not { } number)
        {
            return;
        }

        if (number < family.LeastMss)
        {
            report.Error(
                Key,
                $"{number} is too small for {family.Name}: every path must carry segments of {family.LeastMss} bytes",
                $"write a number from {family.LeastMss}, or 'mss: auto', or leave the family alone with 'mss: {{{family.Key}: none}}'");
        }
        else if (number > MssFamily.GreatestMss)
        {
            report.Error(Key, $"{number} does not fit the option's 16 bits", "write 'mss: auto', or what the path carries");
        }
    }

    private static void CheckPlan(MssFamily family, MssValue value, StagePlan plan, OptionsReport report)
    {
        var ceiling = plan.Mtu - family.Headers;
        if (value.IsAuto && ceiling < family.LeastMss)
        {
            report.Error(
                Key,
                $"the MTU plan leaves {ceiling} bytes for an {family.Name} segment, less than the {family.LeastMss} that every path must "
                + $"carry: {plan.Derivation}, - {family.Headers} of headers = {ceiling}",
                $"raise the path MTU, take a stage out, or leave the family alone with 'mss: {{{family.Key}: none}}'");
        }
        else if (value.Number is { } number && number > ceiling)
        {
            report.Warning(
                Key,
                $"{number} is more than an {family.Name} segment may have here, {ceiling}: {plan.Derivation}, - {family.Headers} of "
                + "headers",
                "write 'mss: auto', or a number for each family");
        }
    }
}
