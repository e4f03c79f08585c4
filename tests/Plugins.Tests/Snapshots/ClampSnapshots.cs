using System.Globalization;
using System.Text;
using Culvert.Testing;
using Culvert.Wire;
using Culvert.Wire.Text;
using Plugins.Tests.Cases;
using VerifyXunit;

namespace Plugins.Tests.Snapshots;

/// <summary>Every row of the clamp's tables as a person reads it: the packet before, what changed, the packet after, what was counted.</summary>
public sealed class ClampSnapshots
{
    [Fact]
    public async Task Arithmetic() => await Verifier.Verify(Describe(ArithmeticCases.All));

    [Fact]
    public async Task Options() => await Verifier.Verify(Describe(OptionCases.All));

    [Fact]
    public async Task Packets() => await Verifier.Verify(Describe(PacketCases.All));

    private static string Describe(IEnumerable<ClampCase> cases)
    {
        var text = new StringBuilder();
        foreach (var one in cases)
        {
            using var harness = ClampCaseTests.Start(one);
            var after = harness.Outbound(one.Before).Single();
            var changes = FieldChanges.Compare([.. one.Before], [.. after]);
            text.Append(CultureInfo.InvariantCulture, $"{one.Row}  {one.About}  ({one.Source})\n");
            text.Append(CultureInfo.InvariantCulture, $"    options  {Settings(one)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    before   {Indent(PacketText.Describe([.. one.Before]))}\n");
            text.Append(CultureInfo.InvariantCulture, $"    after    {(changes.Any ? Indent(PacketText.Describe(after)) : "unchanged")}\n");
            text.Append(changes.Any ? $"    changed  {changes}\n" : "");
            text.Append(CultureInfo.InvariantCulture, $"    counted  {Counted(harness.Context)}\n\n");
        }

        return text.ToString();
    }

    private static string Settings(ClampCase one) =>
        $"mss: {one.Options.Mss}{(one.Options.InsertMissing ? ", insert-missing: true" : "")}, MTU {one.Mtu}";

    private static string Counted(TestStageContext context) =>
        string.Join(", ", context.Counters.All.Where(counter => counter.Value != 0).Select(counter => counter.ToString()));

    private static string Indent(string text) => text.Replace("\n", "\n         ", StringComparison.Ordinal);
}
