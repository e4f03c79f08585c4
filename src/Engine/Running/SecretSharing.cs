using Culvert.Engine.Guarding;

namespace Culvert.Engine.Running;

/// <summary>The stages of a chain that report the secrets of new sessions, until it is disposed. For one thread at a time.</summary>
internal sealed class SecretSharing : IDisposable
{
    private readonly List<IDisposable> _reporting = [];
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
            Contain(unit.Id, () =>
            {
                if (StageCalls.ShareSecrets(unit.Nodes[0].Stage, report) is { } reporting)
                {
                    _reporting.Add(reporting);
                }
            });
        }
    }

    /// <summary>The stages that failed, and how.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Ends the reports.</summary>
    public void Dispose()
    {
        foreach (var reporting in _reporting)
        {
            Contain("the end of", () => StageCalls.Dispose(reporting));
        }

        _reporting.Clear();
    }

    private void Contain(string place, Action call)
    {
        try
        {
            PluginGuard.Within(_limit, call);
        }
        catch (PluginException error)
        {
            _problems.Add($"{place}: {error.Message}");
        }
    }
}
