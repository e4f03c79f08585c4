using System.Globalization;
using System.Text;

namespace Culvert.Engine.Planning;

/// <summary>
/// The derivation of an MTU in words: <c>1500 (udp: path-mtu) - 28 (udp) - 32 (encrypt) = 1440</c> from the network endpoint upwards, or
/// from a host endpoint that asked for less, or whose device has less, downwards. Pure.
/// </summary>
internal static class MtuDerivation
{
    /// <summary>The derivation of one stage's MTU.</summary>
    /// <param name="stages">In order.</param>
    /// <param name="plan">Their plan.</param>
    /// <param name="index">Which stage.</param>
    public static string Of(IReadOnlyList<PlacedShape> stages, MtuPlan plan, int index)
    {
        var text = new StringBuilder();
        var sum = AppendFromNetwork(text, stages, plan, index);
        var mtu = index == 0 ? plan.Below[0] : plan.Above[index];
        if (sum != mtu)
        {
            text.Clear();
            AppendFromHost(text, stages, plan, index);
        }

        return text.Append(CultureInfo.InvariantCulture, $" = {mtu}").ToString();
    }

    private static int AppendFromNetwork(StringBuilder text, IReadOnlyList<PlacedShape> stages, MtuPlan plan, int index)
    {
        var mtu = plan.Path;
        text.Append(CultureInfo.InvariantCulture, $"{mtu} ({stages[^1].Id}: {(plan.PathIsMeasured ? "measured path" : "path-mtu")})");
        for (var i = stages.Count - 1; i >= index; i--)
        {
            mtu -= Append(text, stages[i], " - ");
        }

        return mtu;
    }

    private static void AppendFromHost(StringBuilder text, IReadOnlyList<PlacedShape> stages, MtuPlan plan, int index)
    {
        text.Append(CultureInfo.InvariantCulture, $"{plan.Inner} ({stages[0].Id}: {(plan.InnerIsDevices ? "the device's" : "mtu")})");
        for (var i = 0; i < index; i++)
        {
            Append(text, stages[i], " + ");
        }
    }

    private static int Append(StringBuilder text, PlacedShape stage, string sign)
    {
        var overhead = stage.Shape.Overhead;
        if (overhead != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{sign}{overhead} ({stage.Id})");
        }

        return overhead;
    }
}
