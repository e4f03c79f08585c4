namespace Culvert.Stages;

/// <summary>
/// What <see cref="IStageContext.State{T}"/> keeps for the instances of one entry, in all its lanes. After a reload the new instances have a state
/// of their own, which takes over those objects of its predecessor that they ask for. The last state that has an object disposes it. The host and
/// the test kit use this one implementation. Thread-safe.
/// </summary>
/// <param name="predecessor">The state of the instances that these replace; null for none.</param>
internal sealed class EntryState(EntryState? predecessor = null) : IDisposable
{
    // Held while a stage's code creates an object, which may never return; the other one never is.
    private readonly Lock _creating = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, Type Type), Cell> _cells = [];
    private readonly List<Cell> _order = [];
    private EntryState? _predecessor = predecessor;

    /// <summary>The scope that the objects' creators passed.</summary>
    public IReadOnlyList<object> Scopes
    {
        get { lock (_gate) { return [.. _order.Select(cell => cell.Scope).OfType<object>()]; } }
    }

    /// <summary>The scopes of the objects that <see cref="Dispose"/> will dispose: those that no other state has.</summary>
    public IReadOnlyList<object> LastScopes
    {
        get { lock (_gate) { return [.. _order.Where(cell => cell.Users == 1).Select(cell => cell.Scope).OfType<object>()]; } }
    }

    /// <summary>Finds or creates an object.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="create">Creates it.</param>
    /// <param name="scope">What lives as long as the object; null for nothing.</param>
    public T Get<T>(string name, Func<T> create, object? scope = null)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        var key = (name, typeof(T));
        lock (_creating)
        {
            return (T)(Find(key) ?? Add(key, new Cell(create(), scope))).Value;
        }
    }

    private Cell? Find((string Name, Type Type) key)
    {
        lock (_gate)
        {
            return _cells.TryGetValue(key, out var cell) ? cell : _predecessor?.Share(key) is { } shared ? Add(key, shared) : null;
        }
    }

    private Cell Add((string Name, Type Type) key, Cell cell)
    {
        lock (_gate)
        {
            _cells.Add(key, cell);
            _order.Add(cell);
            return cell;
        }
    }

    /// <summary>Leaves the objects; those that no other state has are disposed, the latest first, whatever another throws.</summary>
    /// <exception cref="AggregateException">What the objects threw.</exception>
    public void Dispose()
    {
        Cell[] cells;
        lock (_gate)
        {
            cells = [.. _order];
            _order.Clear();
            _cells.Clear();
            _predecessor = null;
        }

        List<Exception> errors = [];
        foreach (var cell in cells.Reverse())
        {
            cell.Leave(errors);
        }

        if (errors.Count != 0)
        {
            throw new AggregateException(errors);
        }
    }

    private Cell? Share((string Name, Type Type) key)
    {
        lock (_gate)
        {
            if (_cells.TryGetValue(key, out var cell))
            {
                cell.Enter();
                return cell;
            }

            return _predecessor?.Share(key);
        }
    }

    private sealed class Cell(object value, object? scope)
    {
        private int _users = 1;

        public object Value => value;

        public object? Scope => scope;

        public int Users => Volatile.Read(ref _users);

        public void Enter() => Interlocked.Increment(ref _users);

        public void Leave(List<Exception> errors)
        {
            if (Interlocked.Decrement(ref _users) != 0)
            {
                return;
            }

            try
            {
                (value as IDisposable)?.Dispose();
            }
#pragma warning disable CA1031 // A plugin's object must not keep the others from being disposed.
            catch (Exception error)
#pragma warning restore CA1031
            {
                errors.Add(error);
            }
        }
    }
}
