using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.Loader;
using Culvert.Engine.Guarding;
using Culvert.Stages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Plugins;

/// <summary>
/// The services of one pipeline's stages: a container for each class that <see cref="StageAttribute.Services"/> names, built when its first
/// stage is constructed. A plugin that can be replaced has containers of its own, so that nothing of it stays behind in one that is shared. Thread-safe.
/// </summary>
/// <param name="logging">Where loggers come from.</param>
/// <param name="time">The clock.</param>
/// <param name="more">What the program adds to each container; null for nothing.</param>
internal sealed class StageContainers(ILoggerFactory logging, TimeProvider time, Action<IServiceCollection>? more)
{
    private readonly ConcurrentDictionary<Key, Lazy<ServiceProvider>> _containers = [];

    /// <summary>Builds a container and verifies that each of its services can be made.</summary>
    public static ServiceProvider Build(Type? registration, ILoggerFactory logging, TimeProvider time, Action<IServiceCollection>? more) =>
        StageCalls.Services(registration, logging, time, more).BuildServiceProvider(
            new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

    /// <summary>The services for a stage's constructor.</summary>
    public IServiceProvider For(Type stage)
    {
        var registration = StageConstruction.ServicesOf(stage);
        return _containers.GetOrAdd(new Key(registration, ReplaceableContext(stage)), _ => new(() => Build(registration, logging, time, more))).Value;
    }

    /// <summary>Disposes the services of replaced plugins that are in use no more.</summary>
    /// <param name="inUse">The classes of the stages that run.</param>
    /// <param name="report">Gets what a service throws.</param>
    public void Release(IReadOnlyList<Type> inUse, Action<Exception> report)
    {
        var contexts = inUse.Select(ReplaceableContext).ToHashSet();
        Dispose(key => key.Context is not null && !contexts.Contains(key.Context), report);
    }

    /// <summary>Disposes all services.</summary>
    /// <param name="report">Gets what a service throws.</param>
    public void Dispose(Action<Exception> report) => Dispose(_ => true, report);

    [SuppressMessage("Design", "CA1031", Justification = "A plugin's service must not keep the others from being disposed.")]
    private void Dispose(Func<Key, bool> which, Action<Exception> report)
    {
        foreach (var key in _containers.Keys.Where(which))
        {
            try
            {
                if (_containers.TryRemove(key, out var container) && container.IsValueCreated)
                {
                    StageCalls.Dispose(container.Value);
                }
            }
            catch (Exception error)
            {
                report(error);
            }
        }
    }

    private static AssemblyLoadContext? ReplaceableContext(Type stage) =>
        AssemblyLoadContext.GetLoadContext(stage.Assembly) is { IsCollectible: true } context ? context : null;

    private sealed record Key(Type? Registration, AssemblyLoadContext? Context);
}
