namespace Culvert.Stages;

/// <summary>
/// A stage whose two sites need different options (keys, names) when <c>culvert replay --twin</c> runs both of them from one file, in one
/// process and without a network. Implemented by the stage's class; without it both sites get the file's options.
/// </summary>
/// <typeparam name="TOptions">The stage's options.</typeparam>
public interface ITwinOptions<TOptions>
    where TOptions : class
{
    /// <summary>Returns the options of one site, the same each time. Opens nothing outside the process.</summary>
    /// <param name="options">The file's options, found valid.</param>
    /// <param name="site">Which site.</param>
    static abstract TOptions ForTwin(TOptions options, TwinSite site);
}
