namespace Culvert.Engine.Running;

/// <summary>What the instances of one stage share across lanes: one object a type, made by the first that asks. Thread-safe.</summary>
internal sealed class SharedObjects : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<object> _objects = [];

    public T Get<T>(Func<T> create)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(create);
        lock (_gate)
        {
            if (_objects.OfType<T>().FirstOrDefault() is { } known)
            {
                return known;
            }

            var made = create();
            _objects.Add(made);
            return made;
        }
    }

    /// <summary>Disposes them, the last one first.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            for (var i = _objects.Count - 1; i >= 0; i--)
            {
                (_objects[i] as IDisposable)?.Dispose();
            }

            _objects.Clear();
        }
    }
}
