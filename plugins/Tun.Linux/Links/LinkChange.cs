using Culvert.Endpoints;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>
/// The way of a living device to other addresses, routes and rules: what is new is there at once, so that a refusal changes nothing;
/// <see cref="Commit"/> removes what is no longer wanted, <see cref="Dispose"/> without it what was new. Thread-safe.
/// </summary>
internal sealed class LinkChange : IDisposable
{
    private readonly LinkSetup _link;
    private readonly Action _committed;
    private readonly Lock _gate = new();
    private readonly List<object> _added = [];
    private readonly HashSet<object> _wanted = [];
    private bool _isDone;

    /// <summary>Adds what is new.</summary>
    /// <param name="link">The device.</param>
    /// <param name="addresses">All addresses that it shall have.</param>
    /// <param name="routing">All routes and rules that it shall have.</param>
    /// <param name="committed">Called by <see cref="Commit"/>.</param>
    /// <exception cref="Stages.StageStartException">The system refused one; nothing is changed.</exception>
    public LinkChange(LinkSetup link, IEnumerable<InterfaceAddress> addresses, DeviceRouting routing, Action committed)
    {
        (_link, _committed) = (link, committed);
        try
        {
            foreach (var address in addresses)
            {
                Add(address, () => link.AddAddress(address));
            }

            foreach (var route in routing.Routes)
            {
                Add(route, () => link.AddRoute(route));
            }

            foreach (var rules in routing.Rules)
            {
                Add(rules, () => link.AddRules(rules));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The new chain runs: removes what is no longer wanted.</summary>
    public void Commit()
    {
        lock (_gate)
        {
            if (_isDone)
            {
                return;
            }

            _isDone = true;
            foreach (var old in _link.Set.Where(item => !_wanted.Contains(item)).Reverse().ToArray())
            {
                _link.Remove(old);
            }
        }

        _committed();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDone)
            {
                return;
            }

            _isDone = true;
            foreach (var item in Enumerable.Reverse(_added))
            {
                _link.Remove(item);
            }
        }
    }

    private void Add(object item, Action add)
    {
        _wanted.Add(item);
        var before = _link.Set.Contains(item);
        add();
        if (!before && _link.Set.Contains(item))
        {
            _added.Add(item);
        }
    }
}
