namespace Culvert.Stages;

/// <summary>
/// What <see cref="IStageContext.State{T}"/> keeps for one entry of the file: shared by the entry's lanes, and by an instance and its successor
/// after a reload. The last user disposes it. The host and the test kit use this one implementation. Thread-safe.
/// </summary>
internal sealed class EntryState : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, Type Type), object> _objects = [];
    private readonly List<object> _order = [];
    private int _users = 1;

    public T Get<T>(string name, Func<T> create)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        lock (_gate)
        {
            if (_objects.TryGetValue((name, typeof(T)), out var known))
            {
                return (T)known;
            }

            var created = create();
            _objects.Add((name, typeof(T)), created);
            _order.Add(created);
            return created;
        }
    }

    /// <summary>Whether the next <see cref="Dispose"/> disposes the objects.</summary>
    public bool IsLastUser => Volatile.Read(ref _users) == 1;

    /// <summary>Adds a user, who will dispose it too.</summary>
    public EntryState Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>Leaves it; the last user disposes the objects, the latest first. Each is disposed, whatever another throws.</summary>
    /// <exception cref="AggregateException">What the objects threw.</exception>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) != 0)
        {
            return;
        }

        object[] objects;
        lock (_gate)
        {
            objects = [.. _order];
            _order.Clear();
            _objects.Clear();
        }

        List<Exception> errors = [];
        for (var i = objects.Length - 1; i >= 0; i--)
        {
            DisposeOne(objects[i] as IDisposable, errors);
        }

        if (errors.Count != 0)
        {
            throw new AggregateException(errors);
        }
    }

    private static void DisposeOne(IDisposable? value, List<Exception> errors)
    {
        try
        {
            value?.Dispose();
        }
#pragma warning disable CA1031 // A plugin's object must not keep the others from being disposed.
        catch (Exception error)
#pragma warning restore CA1031
        {
            errors.Add(error);
        }
    }
}
