using Culvert.Options;
using Culvert.Stages;

namespace Culvert.Plugins.MssClamp;

/// <summary>The validation of limits, done when the file is read, before anything is opened.</summary>
internal static class MssRules
{
    private const string Key = "mss";

    /// <summary>Judges the numbers in the file.</summary>
    public static void CheckNumbers(MssSetting mss, OptionsReport report)
    {
        var isGood = CheckNumber(MssFamily.Ipv4, mss.Ipv4, report);
        if (isGood || !IsOneNumber(mss))
        {
            CheckNumber(MssFamily.Ipv6, mss.Ipv6, report);
        }
    }

    /// <summary>Judges what follows from the plan, and numbers in the file against it.</summary>
    public static void CheckPlan(MssSetting mss, StagePlan plan, OptionsReport report)
    {
        var isGood = CheckPlan(MssFamily.Ipv4, mss.Ipv4, plan, report);
        if (isGood || !IsOneNumber(mss))
        {
            CheckPlan(MssFamily.Ipv6, mss.Ipv6, plan, report);
        }
    }

    /// <summary>One mistake is told once, though the number stands for both families.</summary>
    private static bool IsOneNumber(MssSetting mss) => mss.Ipv4 == mss.Ipv6 && mss.Ipv4.Number is not null;

    private static bool CheckNumber(MssFamily family, MssValue value, OptionsReport report)
    {
        if (value.Number < family.MinMss)
        {
            report.Error(
                Key,
                $"{value} is too small for {family.Name}: every path must carry segments of {family.MinMss} bytes",
                $"write a number from {family.MinMss}, or 'mss: auto', or leave the family alone with 'mss: {{{family.Key}: none}}'");
            return false;
        }

        if (value.Number > MssFamily.MaxMss)
        {
            report.Error(Key, $"{value} does not fit the option's 16 bits", "write 'mss: auto', or what the path carries");
            return false;
        }

        return true;
    }

    private static bool CheckPlan(MssFamily family, MssValue value, StagePlan plan, OptionsReport report)
    {
        // A device without IPv6 has no IPv6 segments, and no need of 1280 bytes.
        if (family == MssFamily.Ipv6 && value.IsAuto && plan.Host is { Device: not null, MinMtu: 0 })
        {
            return true;
        }

        var ceiling = plan.Mtu - family.Headers;
        var sum = $"{plan.Derivation}; less {family.Headers} for headers: {ceiling}";
        if (value.IsAuto && ceiling < family.MinMss)
        {
            report.Error(
                Key,
                $"{family.Name} segments could have {ceiling} bytes, but every path must carry {family.MinMss}: {sum}",
                $"raise the path MTU, take a stage out, or leave the family alone with 'mss: {{{family.Key}: none}}'");
            return false;
        }

        if (value.Number > ceiling)
        {
            report.Warning(
                Key,
                $"{value} is more than {family.Name} segments can have here: {sum}",
                "write 'mss: auto', or a number for each family");
            return false;
        }

        return true;
    }
}
