namespace Culvert.Stages;

/// <summary>
/// A stage whose two sites need different options (keys, names) when <c>culvert replay --twin</c> runs both of them from one file, in one
/// process and without a network. Implemented by the stage's class; without it both sites get the file's options.
/// </summary>
/// <typeparam name="TOptions">The stage's options.</typeparam>
public interface ITwinOptions<TOptions>
    where TOptions : class
{
    /// <summary>
    /// Returns the options of both sites, the same each time: of A, where the captured packets enter the tunnel, and of B, where they leave
    /// it. Opens nothing outside the process.
    /// </summary>
    /// <param name="options">The file's options, found valid.</param>
    static abstract (TOptions A, TOptions B) ForTwin(TOptions options);
}
