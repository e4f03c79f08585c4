using System.Globalization;
using System.Text;
using Culvert.Plugins.ChecksumGuard;
using Culvert.Testing;
using Culvert.Wire;
using Culvert.Wire.Text;
using Plugins.Tests.Cases;
using VerifyXunit;

namespace Plugins.Tests.Snapshots;

/// <summary>Every verdict of the guard as a person reads it: the packet, what repair changes, what was counted.</summary>
public sealed class GuardSnapshots
{
    [Fact]
    public async Task Verdicts()
    {
        var text = new StringBuilder();
        foreach (var one in GuardCases.All)
        {
            using var harness = StageHarness.Create<ChecksumGuardStage, ChecksumGuardOptions>(new() { OnBad = BadChecksumAction.Repair });
            var after = harness.Outbound(one.Packet).Single();
            var counted = harness.Context.Counters.All.Where(counter => counter.Value != 0).Select(counter => counter.ToString());
            var packet = PacketText.Describe([.. one.Packet]).Replace("\n", "\n         ", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"{one.Name}  ({one.Source})\n");
            text.Append(CultureInfo.InvariantCulture, $"    packet   {packet}\n");
            text.Append(CultureInfo.InvariantCulture, $"    counted  {string.Join("\n             ", counted)}\n");
            var changes = FieldChanges.Compare([.. one.Packet], [.. after]);
            text.Append(changes.Any ? $"    repair   {changes}\n\n" : "\n");
        }

        await Verifier.Verify(text.ToString());
    }
}
