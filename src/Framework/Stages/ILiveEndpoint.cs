namespace Culvert.Stages;

/// <summary>
/// An endpoint that takes changed options under traffic: at a reload the new instance is constructed while the old one serves, and they share
/// the device or the socket through <see cref="IStageContext.State{T}"/>. Without it every change of the endpoint's options closes the pipeline
/// and opens it again. Implemented by the stage's class.
/// </summary>
/// <typeparam name="TOptions">The stage's options.</typeparam>
public interface ILiveEndpoint<TOptions>
    where TOptions : class
{
    /// <summary>Returns why the pipeline must close before these options can be taken, to follow the entry's id: <c>its device changed</c>.</summary>
    /// <param name="running">The options of the running instance.</param>
    /// <param name="wanted">The changed options, found valid.</param>
    /// <returns>Null where both instances may exist at once.</returns>
    static abstract string? WhyReopen(TOptions running, TOptions wanted);
}
