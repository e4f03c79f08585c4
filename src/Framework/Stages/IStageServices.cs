using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Stages;

/// <summary>
/// Registers what the constructors of a plugin's stages take beside options and context. A class with a public constructor without
/// parameters implements it, and <see cref="StageAttribute.Services"/> names the class.
/// <para>
/// Each pipeline has one container for each such class: stages that name the same class share its singletons, across entries and lanes and
/// over a reload, until the pipeline closes and disposes them. A transient service is made for each constructor that takes it. The host has
/// registered <c>ILoggerFactory</c>, <c>ILogger&lt;T&gt;</c> and <see cref="TimeProvider"/>.
/// </para>
/// </summary>
public interface IStageServices
{
    /// <summary>
    /// Adds the services. Opens nothing: <c>culvert check</c> calls it, too, to see that every constructor can be served.
    /// </summary>
    /// <param name="services">The container's content so far.</param>
    void Register(IServiceCollection services);
}
