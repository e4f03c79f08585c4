using System.Diagnostics.CodeAnalysis;
using Culvert.Stages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Plugins;

/// <summary>
/// The services of one pipeline's stages: a container for each class that <see cref="StageAttribute.Services"/> names, built when its first
/// stage is constructed. For one thread at a time.
/// </summary>
/// <param name="logging">Where loggers come from.</param>
/// <param name="time">The clock.</param>
/// <param name="more">What the program adds to each container; null for nothing.</param>
internal sealed class StageContainers(ILoggerFactory logging, TimeProvider time, Action<IServiceCollection>? more) : IDisposable
{
    private readonly Dictionary<Type, ServiceProvider> _containers = [];

    /// <summary>Builds a container and verifies that each of its services can be made.</summary>
    public static ServiceProvider Build(Type? registration, ILoggerFactory logging, TimeProvider time, Action<IServiceCollection>? more) =>
        StageConstruction.Services(registration, logging, time, more).BuildServiceProvider(
            new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

    /// <summary>The services for a stage's constructor.</summary>
    public IServiceProvider For(Type stage)
    {
        var registration = StageConstruction.ServicesOf(stage);
        var key = registration ?? typeof(void);
        if (!_containers.TryGetValue(key, out var container))
        {
            container = Build(registration, logging, time, more);
            _containers.Add(key, container);
        }

        return container;
    }

    /// <summary>Disposes all services. What one of them throws goes to <paramref name="report"/>.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A plugin's service must not keep the others from being disposed.")]
    public void Dispose(Action<Exception> report)
    {
        foreach (var container in _containers.Values)
        {
            try
            {
                container.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
            catch (Exception error)
            {
                report(error);
            }
        }

        _containers.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => Dispose(_ => { });
}
