using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;

namespace Culvert.Engine.Running;

/// <summary>The stages of a chain that report the secrets of new sessions, until it is disposed. For one thread at a time.</summary>
internal sealed class SecretSharing : IDisposable
{
    private readonly List<(StageUnit Unit, IDisposable Reporting)> _shared = [];
    private readonly List<string> _problems = [];
    private readonly TimeSpan _limit;

    /// <summary>Asks each stage.</summary>
    /// <param name="units">The entries.</param>
    /// <param name="report">Takes lines of a key log; any thread.</param>
    /// <param name="limit">How long each stage may take.</param>
    public SecretSharing(IEnumerable<StageUnit> units, Action<byte[]> report, TimeSpan limit)
    {
        _limit = limit;
        foreach (var unit in units)
        {
            try
            {
                // A stage that answers too late must not go on reporting, as nobody would end it.
                if (PluginGuard.Within(limit, () => StageCalls.ShareSecrets(unit.Nodes[0].Stage, report), StageCalls.EndSharing) is { } reporting)
                {
                    _shared.Add((unit, reporting));
                }
            }
            catch (PluginException error)
            {
                _problems.Add($"{unit.Id}: {error.Message}");
            }
        }
    }

    /// <summary>The stages that failed, and how.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Ends the reports. A stage that does not is named in the log.</summary>
    public void Dispose()
    {
        foreach (var (unit, reporting) in _shared)
        {
            try
            {
                PluginGuard.Within(_limit, () => StageCalls.EndSharing(reporting));
            }
            catch (PluginException error)
            {
                RunningLog.SharingGoesOn(unit.Logger, error.Message, ForeignCode.Loggable(error));
            }
        }

        _shared.Clear();
    }
}
