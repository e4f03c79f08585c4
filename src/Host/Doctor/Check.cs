namespace Culvert.Host.Doctor;

/// <summary>One thing that people get wrong, and how to find it.</summary>
/// <param name="name">A word for output and JSON.</param>
internal abstract class Check(string name)
{
    /// <summary>A word for output and JSON.</summary>
    public string Name => name;

    /// <summary>Examines a site. Changes nothing, and sends nothing but look-ups of names.</summary>
    /// <exception cref="NotCheckedException">Something that the check needs is missing.</exception>
    public abstract IEnumerable<Finding> Find(Site site);
}

/// <summary>A check could not look.</summary>
/// <param name="reason">Why, without a full stop.</param>
internal sealed class NotCheckedException(string reason) : Exception(reason);
